import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { checkHealth, createBell, openOn } from '@stategate/journal-spi/kit';
import { connect } from './connection.ts';
import type { Connection } from './connection.ts';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { inspectServer, serverProblems } from './server.ts';
import { createSnapshotStore } from './snapshots.ts';
import { createStatements } from './statements.ts';
import { createQueryBuilder } from './tables.ts';

export type { Options } from './options.ts';

/** PostgreSQL, one primary. How durable it is follows from the settings of the server. */
export default defineDriver<Options>({
  name: 'postgres',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['url', 'password', 'ssl.key', 'ssl.passphrase'],
  shortForm: (rest) => (rest === '' ? {} : { url: `postgres:${rest}` }),
  open: async (options, env) =>
    openOn(await connect(options, env), (connection) => openStore(connection, options, env)),
});

async function openStore(connection: Connection, options: Options, env: DriverEnv): Promise<Omit<Driver, 'close'>> {
  const { readOnly = false } = env;
  const builder = await createQueryBuilder(options.schema);
  const statements = createStatements(builder);
  const schema = createSchemaManager(connection, options.schema, builder);
  const { server, durability, ackLossOnFailover } = await inspectServer(connection, options, env);
  if (options.createSchema && !readOnly) await schema.migrate({});
  else await schema.status({});
  const bell = createBell();
  return {
    capabilities: {
      durability,
      ackLossOnFailover,
      exclusive: 'lease',
      readBackward: true,
      ttl: 'lazy',
      feed: { order: 'total', live: 'poll', complete: 'by-construction' },
    },
    limits: LIMITS,
    tuning: TUNING,
    server,
    journal: createJournal(connection, statements, builder, bell),
    snapshots: createSnapshotStore(connection, statements, builder),
    keyValue: createKeyValueStore(connection, statements, builder),
    ...createFences(connection, builder),
    feed: createFeed(connection, builder, bell),
    schema,
    health: (op) => checkHealth(op, (inTime) => serverProblems(connection, options, readOnly, inTime)),
  };
}
