import { afterAll, describe } from 'vitest';
import { startServer } from '../support/servers.ts';
import { cassandraTarget } from './cassandra-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('cassandra');

// Registered first, so that it runs last: when the suite has closed its connections.
afterAll(async () => {
  if ('stop' in server) await server.stop();
});

describe('conformance of the Cassandra driver', () => {
  testConformance(async () => ('missing' in server ? server : cassandraTarget(server)), 'cassandra');
});
