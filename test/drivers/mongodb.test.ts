import { afterAll, describe, test } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import { mongodbTarget } from './mongodb-target.ts';
import { testConformance } from './suite.ts';

const DEPLOYMENTS = [
  { name: 'a replica set', settings: {} },
  { name: 'a standalone server', settings: { standalone: '' } },
];

for (const { name, settings } of DEPLOYMENTS) {
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
    });
  });
}
