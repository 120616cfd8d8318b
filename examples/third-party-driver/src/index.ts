import { defineDriver, StoreError, type Capabilities, type Driver, type DriverEnv } from '@stategate/journal-spi';
import { checkHealth } from '@stategate/journal-spi/kit';
import { Client } from './client.ts';
import { createFeed } from './feed.ts';
import { createFenceStore, createStoreLease } from './fences.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { keysOf } from './keys.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema, type Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshotStore } from './snapshots.ts';

export type { Options } from './options.ts';

const DEFAULT_DRAIN_MS = 5000;
/** The first version that cuts the answers of a watch into pieces. */
const OLDEST = 3.4;

/** etcd, one member or a cluster: what it acknowledges is on the disks of a majority. */
export default defineDriver<Options>({
  name: 'etcd',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['password', 'tls.key'],
  async open(options, env) {
    const client = await Client.connect(options, env);
    try {
      return await openStore(client, options, env);
    } catch (error) {
      await client.close(0);
      throw error;
    }
  },
});

async function openStore(client: Client, options: Options, env: DriverEnv): Promise<Driver> {
  const keys = keysOf(options.prefix);
  const schema = createSchemaManager(client, keys);
  const { version, durability } = await client.calls.run('read', {}, async (call) => {
    const status = await client.call<{ version: string }>('Maintenance.Status', {}, 'read', call);
    const { members } = await client.call<Members>('Cluster.MemberList', {}, 'read', call);
    return { version: status.version, durability: durabilityOf(members) };
  });
  if (parseFloat(version) < OLDEST)
    throw new StoreError(
      'ConfigError',
      `${client.location} is version ${version}: this driver needs ${OLDEST} or newer`,
    );
  await schema.status({});
  if (options.createSchema && env.readOnly !== true) await schema.migrate({});
  return {
    capabilities: {
      durability,
      ackLossOnFailover: false,
      exclusive: 'lease',
      readBackward: false,
      ttl: false,
      // A watch has one order over all streams, a scan has not.
      feed: { order: 'per-stream', live: 'push', complete: 'by-construction' },
    },
    limits: LIMITS,
    tuning: TUNING,
    server: { product: 'etcd', version, location: client.location },
    journal: createJournal(client, keys),
    snapshots: createSnapshotStore(client, keys),
    keyValue: createKeyValueStore(client, keys),
    fences: createFenceStore(client, keys),
    lease: createStoreLease(client, keys),
    feed: createFeed(client, keys),
    schema,
    health: (op) =>
      checkHealth(op, async (probe) => {
        await schema.status(probe);
        const { errors } = await client.call<{ errors: readonly string[] }>('Maintenance.Status', {}, 'read', probe);
        if (errors.length > 0) throw new Error(`${client.location} says: ${errors.join('; ')}`);
        return [];
      }),
    close: ({ drainMs = DEFAULT_DRAIN_MS } = {}) => client.close(drainMs),
  };
}

interface Members {
  readonly members: readonly { readonly isLearner: boolean }[];
}

/** A write is acknowledged when a majority of the voters has it on its disk. */
function durabilityOf(members: Members['members']): Capabilities['durability'] {
  return members.filter(({ isLearner }) => !isLearner).length > 1 ? 'quorum-disk' : 'disk';
}
