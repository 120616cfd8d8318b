import { afterAll, describe, test } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import { cassandraTarget } from './cassandra-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('cassandra');
const missing = 'missing' in server;

// Registered first, so that it runs last: when the suite has closed its connections.
afterAll(async () => {
  if (!missing) await server.stop();
});

test('a Cassandra server is there', (context) => {
  present(context, server);
});

describe.skipIf(missing)('conformance of the Cassandra driver', () => {
  testConformance(async () => {
    if (missing) throw new Error(server.missing);
    return cassandraTarget(server);
  }, 'cassandra');
});
