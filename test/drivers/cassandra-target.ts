import { randomUUID } from 'node:crypto';
import cassandra from '@stategate/driver-cassandra/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import type { Client } from 'cassandra-driver';
import type { TestServer } from '../support/servers.ts';
import { configOf } from '../support/stores.ts';
import { serverHooks } from './server-hooks.ts';

/** A keyspace of its own on the server, made when it is first opened. */
export function cassandraTarget(server: TestServer, more: Readonly<Record<string, unknown>> = {}): ConformanceTarget {
  const keyspace = `t_${randomUUID().replaceAll('-', '')}`;
  return {
    definition: cassandra,
    config: { ...Object(configOf(cassandra, server.url)), keyspace, ...more },
    hooks: {
      emptyStore: async () => cassandraTarget(server),
      unmigratedStore: async () => cassandraTarget(server, { createSchema: false }),
      raiseSchema: ({ config }) =>
        withClient(server, async (client) => {
          const { keyspace: raised } = Object(config);
          await client.execute(`UPDATE ${raised}.stategate_meta SET version = 99 WHERE id = 'schema' IF EXISTS`);
        }),
      ...serverHooks(server),
    },
  };
}

/** A client that looks into the server beside the driver. */
export async function withClient<T>(
  server: TestServer,
  use: (client: Client) => Promise<T>,
  credentials?: { readonly username: string; readonly password: string },
): Promise<T> {
  const { default: library } = await import('cassandra-driver');
  const { contactPoints, localDataCenter } = Object(configOf(cassandra, server.url));
  const client = new library.Client({
    contactPoints,
    localDataCenter: localDataCenter ?? 'datacenter1',
    ...(credentials === undefined ? {} : { credentials }),
  });
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.shutdown();
  }
}
