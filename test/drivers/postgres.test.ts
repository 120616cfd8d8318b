import { afterAll, describe } from 'vitest';
import { startServer } from '../support/servers.ts';
import { postgresTarget } from './postgres-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('postgres');

// Registered first, so that it runs last: when the suite has closed its connections.
afterAll(async () => {
  if ('stop' in server) await server.stop();
});

describe('conformance of the PostgreSQL driver', () => {
  testConformance(async () => ('missing' in server ? server : postgresTarget(server)), 'postgres');
});
