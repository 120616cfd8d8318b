import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { Calls } from '@stategate/journal-spi/kit';
import { connect } from './connection.ts';
import { toStoreError } from './errors.ts';
import { copiesOf, durabilityOf, maxMutationBytes, settingsOf, versionOf } from './facts.ts';
import { createFences } from './fences.ts';
import { createHealth } from './health.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { limitsOf, TUNING } from './limits.ts';
import { optionsSchema, shortForm } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { Session } from './session.ts';
import { createSnapshotReader, createSnapshotStore } from './snapshots.ts';
import { createStreams } from './streams.ts';

export type { Options } from './options.ts';

const DEFAULT_DRAIN_MS = 5_000;
const WANTED_COPIES = 3;
/** Tables are created one after the other, and each time the nodes have to agree. */
const OPEN_MS = 60_000;

/** A quorum of a cluster's nodes decides each write: the loss of a machine loses nothing and is hardly noticed. */
export default defineDriver<Options>({
  name: 'cassandra',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['password', 'tls.key'],
  shortForm,
  open,
});

async function open(options: Options, env: DriverEnv): Promise<Driver> {
  const { readOnly = false, now = Date.now } = env;
  const { client, dataCenter, nodes } = await connect(options);
  const { keyspace, timeoutMs } = options;
  const location = `${options.contactPoints.join(',')}/${keyspace}`;
  const calls = new Calls({ location, readOnly, timeoutMs, toStoreError });
  const session = new Session(client, async () => (await connect(options)).client, calls, keyspace);
  try {
    const bounded = { deadline: performance.now() + OPEN_MS };
    const version = await versionOf(session, bounded);
    const replication = options.replication ?? { [dataCenter]: Math.min(nodes, WANTED_COPIES) };
    const schema = createSchemaManager(session, { ...options, replication });
    const { current, target } = await schema.status(bounded);
    if (current < target && options.createSchema && !readOnly) await schema.migrate(bounded);

    const settings = await settingsOf(session, env, bounded);
    const copies = (await copiesOf(session, keyspace, dataCenter, bounded)) ?? replication[dataCenter] ?? 1;
    const durable = durabilityOf(settings, copies);
    if (durable.ackLossOnFailover) {
      env.warn('Cassandra acknowledges before it writes to disk: set commitlog_sync to batch or group', { location });
    }
    const limits = limitsOf(maxMutationBytes(settings));
    const streams = createStreams(session);
    const loadSnapshot = createSnapshotReader(session);
    return {
      // A feed would need an index of all streams that no conditional write can keep with the stream it changes.
      capabilities: { ...durable, exclusive: 'lease', readBackward: true, ttl: 'native', feed: false },
      limits,
      tuning: TUNING,
      server: { product: 'Apache Cassandra', version, location },
      journal: createJournal(session, streams, loadSnapshot, { ...options, limits, now }),
      snapshots: createSnapshotStore(session, streams, loadSnapshot, limits, now),
      keyValue: createKeyValueStore(session, limits, now),
      ...createFences(session),
      schema,
      health: createHealth(session, keyspace),
      close: ({ drainMs = DEFAULT_DRAIN_MS } = {}) => session.close(drainMs),
    };
  } catch (error) {
    await session.close(0);
    throw error;
  }
}
