import { defineDriver, StoreError } from '@stategate/journal-spi';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { checkHealth, openOn } from '@stategate/journal-spi/kit';
import { CommitLog } from './commits.ts';
import { connect } from './connect.ts';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshots } from './snapshots.ts';
import type { Store } from './store.ts';

export type { Options } from './options.ts';

/** More than any healthy set is behind. */
const MAX_LAG_MS = 10_000;

/** MongoDB, as a replica set, behind a router or as a single server: one document for each append, no transactions. */
export default defineDriver<Options>({
  name: 'mongodb',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['url', 'password', 'tls.key'],
  shortForm: (rest) => (rest === '' ? {} : { url: rest.startsWith('//') ? `mongodb:${rest}` : `mongodb://${rest}` }),
  open: async (options, env) => openOn(await connect(options, env), (store) => open(store, env)),
});

async function open(store: Store, env: DriverEnv): Promise<Omit<Driver, 'close'>> {
  const { server, durability } = store.connected;
  const schema = createSchemaManager(store);
  const { current, target } = await schema.status({});
  const migrates = store.options.createSchema && !env.readOnly;
  if (migrates) await schema.migrate({});
  else if (current < target)
    env.warn('the store lacks indexes and is slow: run stategate store schema --apply', { ...server });
  const migrated = migrates || current === target;
  const log = new CommitLog(store, migrated);
  const snapshots = createSnapshots(store, log);
  return {
    capabilities: {
      durability,
      ackLossOnFailover: false,
      exclusive: 'lease',
      readBackward: true,
      ttl: 'lazy',
      feed: { order: 'per-stream', live: 'poll', complete: 'by-delay' },
    },
    limits: LIMITS,
    tuning: TUNING,
    server,
    journal: createJournal(store, log, snapshots),
    snapshots,
    keyValue: createKeyValueStore(store),
    ...createFences(store),
    feed: createFeed(store, log),
    schema,
    health: (options) =>
      checkHealth(options, async (inTime) => {
        const { isWritablePrimary, lastWrite } = await store.hello(inTime);
        if (isWritablePrimary !== true) {
          throw new StoreError('StoreUnavailable', `${store.calls.location} has no primary`);
        }
        if (migrated && (await schema.status(inTime)).current === 0) throw log.dropped();
        const lagMs = Number(lastWrite?.lastWriteDate ?? 0) - Number(lastWrite?.majorityWriteDate ?? 0);
        return lagMs > MAX_LAG_MS
          ? [`a majority of ${server.location} is ${Math.round(lagMs / 1000)} s behind its primary: writes wait for it`]
          : [];
      }),
  };
}
