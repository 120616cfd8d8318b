import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { Calls, openOn } from '@stategate/journal-spi/kit';
import { connect } from './connection.ts';
import { toStoreError } from './errors.ts';
import { copiesOf, durabilityOf, serverVersionOf, settingsOf } from './facts.ts';
import { createFences } from './fences.ts';
import { createHealth } from './health.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { limitsOf, TUNING } from './limits.ts';
import { optionsSchema, shortForm } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager, versionOf } from './schema.ts';
import { Session } from './session.ts';
import { createSnapshotStore } from './snapshots.ts';
import { createStreams } from './streams.ts';

export type { Options } from './options.ts';

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
  // Another data center would decide about conditional writes without this one.
  const reconnect = async () => (await connect({ ...options, localDataCenter: dataCenter })).client;
  return openOn(new Session(client, reconnect, calls, keyspace), async (session) => {
    const bounded = { deadline: performance.now() + OPEN_MS };
    const version = await serverVersionOf(session, bounded);
    const replication = options.replication ?? { [dataCenter]: Math.min(nodes, WANTED_COPIES) };
    const schema = createSchemaManager(session, { ...options, replication });
    await schema.status(bounded);
    const isNew = (await versionOf(session, bounded)) === 0;
    if (isNew && options.createSchema && !readOnly) await schema.migrate(bounded);

    const settings = await settingsOf(session, env, bounded);
    const copies = (await copiesOf(session, dataCenter, bounded)) ?? replication[dataCenter] ?? 1;
    const durable = durabilityOf(settings.get('commitlog_sync'), copies);
    if (durable.ackLossOnFailover) {
      env.warn('Cassandra acknowledges before it writes to disk: set commitlog_sync to batch or group', { location });
    }
    const limits = limitsOf(settings.get('max_mutation_size'));
    const streams = createStreams(session);
    const snapshots = createSnapshotStore(session, streams, limits, now);
    return {
      // A feed would need an index of all streams that no conditional write can keep with the stream it changes.
      capabilities: { ...durable, exclusive: 'lease', readBackward: true, ttl: 'native', feed: false },
      limits,
      tuning: TUNING,
      server: { product: 'Apache Cassandra', version, location },
      journal: createJournal(session, streams, snapshots, { ...options, limits, now }),
      snapshots,
      keyValue: createKeyValueStore(session, limits, now),
      ...createFences(session),
      schema,
      health: createHealth(session),
    };
  });
}
