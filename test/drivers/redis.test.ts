import { afterAll, describe, test } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import { redisTarget } from './redis-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('redis');
const missing = 'missing' in server;

// Registered first, so that it runs last: when the suite has closed its connections.
afterAll(async () => {
  if (!missing) await server.stop();
});

test('a Redis server is there', (context) => {
  present(context, server);
});

describe.skipIf(missing)('conformance of the Redis driver', () => {
  testConformance(async () => {
    if (missing) throw new Error(server.missing);
    return redisTarget(server);
  }, 'redis');
});
