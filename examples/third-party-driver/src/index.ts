import { defineDriver, isStoreError, StoreError, type Capabilities, type OpOptions } from '@stategate/journal-spi';
import { checkHealth, openOn } from '@stategate/journal-spi/kit';
import { Client, type Member } from './client.ts';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { keysOf } from './keys.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema, type Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshotStore } from './snapshots.ts';

export type { Options } from './options.ts';

/** The first version that cuts the answers of a watch into pieces. */
const OLDEST = '3.4';

/** etcd, one member or a cluster: what it acknowledges is on the disks of a majority. */
export default defineDriver<Options>({
  name: 'etcd',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: ['password', 'tls.key'],
  open: async (options, env) =>
    openOn(await Client.connect(options, env), async (client) => {
      const keys = keysOf(options.prefix);
      const schema = createSchemaManager(client, keys);
      const { version, durability } = await client.calls.run('read', {}, async (call) => {
        const status = await client.call<Status>('Maintenance.Status', {}, 'read', call);
        const { members } = await client.call<Members>('Cluster.MemberList', {}, 'read', call);
        return { version: status.version, durability: durabilityOf(members) };
      });
      if (version.localeCompare(OLDEST, 'en', { numeric: true }) < 0)
        throw new StoreError(
          'ConfigError',
          `${client.calls.location} is version ${version}: this driver needs ${OLDEST} or newer`,
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
        server: { product: 'etcd', version, location: client.calls.location },
        journal: createJournal(client, keys),
        snapshots: createSnapshotStore(client, keys),
        keyValue: createKeyValueStore(client, keys),
        ...createFences(client, keys),
        feed: createFeed(client, keys),
        schema,
        health: (op) =>
          checkHealth(op, async (probe) => {
            // Half of the time, so that who does not answer can be told.
            const half = { ...probe, deadline: (performance.now() + (probe.deadline ?? Infinity)) / 2 };
            const asked = client.members.map((member) => problemsOf(client, member, half));
            const problems = (await Promise.all(asked)).flat();
            await schema.status(probe).catch((error: unknown) => {
              const message = error instanceof Error ? error.message : String(error);
              throw new Error([...new Set([message, ...problems])].join('; '), { cause: error });
            });
            return problems;
          }),
      };
    }),
});

interface Status {
  readonly version: string;
  readonly errors: readonly string[];
}

interface Members {
  readonly members: readonly { readonly isLearner: boolean }[];
}

/** A write is acknowledged when a majority of the voters has it on its disk. */
function durabilityOf(members: Members['members']): Capabilities['durability'] {
  return members.filter(({ isLearner }) => !isLearner).length > 1 ? 'quorum-disk' : 'disk';
}

/** What is wrong with a member, for which the others can do its work. Throws for an alarm, which is of all. */
async function problemsOf(client: Client, member: Member, options: OpOptions): Promise<readonly string[]> {
  try {
    const { errors } = await client.call<Status>('Maintenance.Status', {}, 'read', options, member);
    if (errors.length > 0) throw new Error(`etcd at ${member.host} says: ${errors.join('; ')}`);
    return [];
  } catch (error) {
    if (!isStoreError(error)) throw error;
    // It speaks of all members.
    return [error.message.replace(client.calls.location, `etcd at ${member.host}`)];
  }
}
