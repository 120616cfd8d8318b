import { randomUUID } from 'node:crypto';
import mongodb from '@stategate/driver-mongodb/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { MongoClient } from 'mongodb';
import type { TestServer } from '../support/servers.ts';
import { serverHooks, settingOf } from './server-hooks.ts';

/** A database of its own on the server, made when it is first opened. */
export function mongodbTarget(server: TestServer, more: Readonly<Record<string, unknown>> = {}): ConformanceTarget {
  const database = `test-${randomUUID()}`;
  return {
    definition: mongodb,
    // More connections would only wait for each other in the server that we start.
    config: { url: server.url, database, feedDelayMs: 100, maxConnections: 8, ...more },
    hooks: {
      emptyStore: async () => mongodbTarget(server),
      unmigratedStore: async () => mongodbTarget(server, { createSchema: false }),
      expiredOffset: () => '[4294967295,0,"~",0]',
      async raiseSchema({ config }) {
        const client = new MongoClient(server.url);
        await client
          .db(settingOf(config, 'database'))
          .collection('stategate_schema')
          .updateOne({}, { $inc: { version: 1 } });
        await client.close();
      },
      ...serverHooks(server),
    },
  };
}
