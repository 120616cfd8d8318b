import { afterAll, describe, test } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import { postgresTarget } from './postgres-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('postgres');
const missing = 'missing' in server;

// Registered first, so that it runs last: when the suite has closed its connections.
afterAll(async () => {
  if (!missing) await server.stop();
});

test('a PostgreSQL server is there', (context) => {
  present(context, server);
});

describe.skipIf(missing)('conformance of the PostgreSQL driver', () => {
  testConformance(async () => {
    if (missing) throw new Error(server.missing);
    return postgresTarget(server);
  }, 'postgres');
});
