import { defineDriver } from '@stategate/journal-spi';
import type { Capabilities, Driver, DriverEnv } from '@stategate/journal-spi';
import { CommitLog } from './commits.ts';
import { connect } from './connect.ts';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { createHealth } from './health.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshots } from './snapshots.ts';

export type { Options } from './options.ts';

const DEFAULT_DRAIN_MS = 5_000;

/** MongoDB, as a replica set, behind a router or as a single server: one document for each append, no transactions. */
export default defineDriver<Options>({
  name: 'mongodb',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['url', 'password', 'tls.key'],
  shortForm: (rest) => (rest === '' ? {} : { url: rest.startsWith('//') ? `mongodb:${rest}` : `mongodb://${rest}` }),
  open,
});

async function open(options: Options, env: DriverEnv): Promise<Driver> {
  const { store, server, durability } = await connect(options, env);
  try {
    const schema = createSchemaManager(store);
    const { current, target } = await schema.status({});
    const marks = options.createSchema && !env.readOnly;
    if (marks) await schema.migrate({});
    else if (current < target)
      env.warn('the store lacks indexes and is slow: run stategate store schema --apply', { ...server });
    const capabilities: Capabilities = {
      durability,
      ackLossOnFailover: false,
      exclusive: 'lease',
      readBackward: true,
      ttl: 'lazy',
      feed: { order: 'per-stream', live: 'poll', complete: 'by-delay' },
    };
    const log = new CommitLog(store);
    const snapshots = createSnapshots(store, log);
    return {
      capabilities,
      limits: LIMITS,
      tuning: TUNING,
      server,
      journal: createJournal(store, log, snapshots),
      snapshots: snapshots.store,
      keyValue: createKeyValueStore(store),
      ...createFences(store),
      feed: createFeed(store, log),
      schema,
      health: createHealth(store, schema, marks || current === target),
      close: ({ drainMs = DEFAULT_DRAIN_MS } = {}) => store.close(drainMs),
    };
  } catch (error) {
    await store.close(0);
    throw error;
  }
}
