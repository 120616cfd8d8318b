import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { checkHealth, createBell } from '@stategate/journal-spi/kit';
import { createFeedLog } from './feed-log.ts';
import { createFeed } from './feed.ts';
import { createFenceStore, createStoreLease } from './fences.ts';
import { probe } from './health.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema, shortForm } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshotStore } from './snapshots.ts';
import { Table } from './table.ts';

export type { Options } from './options.ts';

const DEFAULT_DRAIN_MS = 5_000;

/** One table of Amazon DynamoDB in one region, or of a server that speaks its protocol. */
export default defineDriver<Options>({
  name: 'dynamodb',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['secretAccessKey', 'sessionToken'],
  shortForm,
  async open(options, env) {
    const table = new Table(await import('@aws-sdk/client-dynamodb'), options, env);
    try {
      return await openStore(table, options, env);
    } catch (error) {
      await table.close(0);
      throw error;
    }
  },
});

async function openStore(table: Table, options: Options, env: DriverEnv): Promise<Driver> {
  const schema = createSchemaManager(table, options);
  await schema.status({});
  if (options.createTable && !table.calls.readOnly) await schema.migrate({});
  const durability = options.durability ?? (table.amazon ? 'quorum-disk' : 'none');
  if (durability === 'none') {
    env.warn('nothing is known about how durable this server is: set store.config.durability to what it gives', {
      location: table.server.location,
    });
  }
  const bell = createBell();
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
    journal: createJournal(table, options.feed ? createFeedLog(table) : undefined, bell),
    snapshots: createSnapshotStore(table),
    keyValue: createKeyValueStore(table),
    fences: createFenceStore(table),
    lease: createStoreLease(table),
    ...(options.feed && { feed: createFeed(table, bell) }),
    schema,
    health: (op) => checkHealth(op, (inTime) => probe(table, inTime)),
    close({ drainMs = DEFAULT_DRAIN_MS } = {}) {
      const closed = table.close(drainMs);
      bell.ring();
      return closed;
    },
  };
}
