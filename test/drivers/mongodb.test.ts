import { afterAll, describe } from 'vitest';
import { startServer } from '../support/servers.ts';
import { mongodbTarget } from './mongodb-target.ts';
import { testConformance } from './suite.ts';

const DEPLOYMENTS = [
  { name: 'a replica set', settings: {}, committed: 'mongodb' },
  { name: 'a standalone server', settings: { standalone: '' }, committed: undefined },
];

for (const { name, settings, committed } of DEPLOYMENTS) {
  const server = await startServer('mongodb', { settings });

  // Registered first, so that it runs last: when the suite has closed its connections.
  afterAll(async () => {
    if ('stop' in server) await server.stop();
  });

  describe(`conformance of the MongoDB driver on ${name}`, () => {
    testConformance(async () => ('missing' in server ? server : mongodbTarget(server)), committed);
  });
}
