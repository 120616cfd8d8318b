import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverEnv, OpOptions } from '@stategate/journal-spi';
import { checkHealth, openOn } from '@stategate/journal-spi/kit';
import { createFeedLog } from './feed-log.ts';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { ALONE, number, partition } from './items.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema, shortForm } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshotStore } from './snapshots.ts';
import { Table } from './table.ts';

export type { Options } from './options.ts';

const PROBE = { pk: partition('health'), sk: ALONE };

/** One table of Amazon DynamoDB in one region, or of a server that speaks its protocol. */
export default defineDriver<Options>({
  name: 'dynamodb',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['secretAccessKey', 'sessionToken'],
  shortForm,
  open: async (options, env) =>
    openOn(new Table(await import('@aws-sdk/client-dynamodb'), options, env), (table) =>
      openStore(table, options, env),
    ),
});

async function openStore(table: Table, options: Options, env: DriverEnv): Promise<Omit<Driver, 'close'>> {
  const schema = createSchemaManager(table, options);
  await schema.status({});
  if (options.createTable && !table.calls.readOnly) await schema.migrate({});
  const durability = options.durability ?? (table.amazon ? 'quorum-disk' : 'none');
  if (durability === 'none') {
    env.warn('nothing is known about how durable this server is: set store.config.durability to what it gives', {
      location: table.calls.location,
    });
  }
  return {
    capabilities: {
      durability,
      ackLossOnFailover: false,
      exclusive: 'lease',
      readBackward: true,
      ttl: 'lazy',
      feed: options.feed && { order: 'total', live: 'poll', complete: 'by-construction' },
    },
    limits: LIMITS,
    tuning: TUNING,
    server: table.server,
    journal: createJournal(table, options.feed ? createFeedLog(table) : undefined),
    snapshots: createSnapshotStore(table),
    keyValue: createKeyValueStore(table),
    ...createFences(table),
    ...(options.feed && { feed: createFeed(table) }),
    schema,
    health: (op) => checkHealth(op, (inTime) => probe(table, inTime)),
  };
}

/** Reads an item of its own, and writes it where writing is allowed. */
async function probe(table: Table, options: OpOptions): Promise<readonly string[]> {
  await table.calls.run('read', options, async (call) => {
    if (!table.calls.readOnly) await table.put(PROBE, { w: number(table.now()) }, call);
    await table.get(PROBE, call);
  });
  return [];
}
