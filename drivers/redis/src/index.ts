import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { checkHealth, openOn } from '@stategate/journal-spi/kit';
import { connect } from './connection.ts';
import type { Connection } from './connection.ts';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { keysOf } from './keys.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { inspectServer, serverProblems } from './server.ts';
import { createSnapshotStore } from './snapshots.ts';

export type { Options } from './options.ts';

/** Redis or Valkey, one primary. How durable it is follows from the settings of the server. */
export default defineDriver<Options>({
  name: 'redis',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['url', 'password', 'tls.key'],
  shortForm: (rest) => (rest === '' ? {} : { url: `redis:${rest}` }),
  open: async (options, env) =>
    openOn(await connect(options, env), (connection) => openStore(connection, options, env)),
});

async function openStore(connection: Connection, options: Options, env: DriverEnv): Promise<Omit<Driver, 'close'>> {
  const { readOnly = false } = env;
  const { location } = connection.calls;
  const keys = keysOf(options.keyPrefix);
  const schema = createSchemaManager(connection, keys);
  const { durability, product, version } = await inspectServer(connection, options.durability, env);
  await schema.status({});
  if (options.createSchema && !readOnly) await schema.migrate({});
  return {
    capabilities: {
      durability,
      // Replication does not wait for the replicas.
      ackLossOnFailover: true,
      exclusive: 'lease',
      readBackward: true,
      ttl: 'native',
      feed: { order: 'total', live: 'push', complete: 'by-construction' },
    },
    limits: LIMITS,
    tuning: TUNING,
    server: { product, version, location },
    journal: createJournal(connection, keys, options.feedMaxAppends),
    snapshots: createSnapshotStore(connection, keys),
    keyValue: createKeyValueStore(connection, keys),
    ...createFences(connection, keys),
    feed: createFeed(connection, keys),
    schema,
    health: (op) => checkHealth(op, (inTime) => serverProblems(connection, readOnly, inTime)),
  };
}
