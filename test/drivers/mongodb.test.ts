import { afterAll, describe, test } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import { mongodbTarget } from './mongodb-target.ts';
import { testConformance } from './suite.ts';

const DEPLOYMENTS = [
  { name: 'a replica set', settings: {}, committed: 'mongodb' },
  { name: 'a standalone server', settings: { standalone: '' }, committed: undefined },
];

for (const { name, settings, committed } of DEPLOYMENTS) {
  const server = await startServer('mongodb', { settings });
  const missing = 'missing' in server;

  // Registered first, so that it runs last: when the suite has closed its connections.
  afterAll(async () => {
    if (!missing) await server.stop();
  });

  test(`MongoDB is there as ${name}`, (context) => {
    present(context, server);
  });

  describe.skipIf(missing)(`conformance of the MongoDB driver on ${name}`, () => {
    testConformance(async () => {
      if (missing) throw new Error(server.missing);
      return mongodbTarget(server);
    }, committed);
  });
}
