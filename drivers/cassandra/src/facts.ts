import { StoreError } from '@stategate/journal-spi';
import type { Capabilities, DriverEnv, OpOptions } from '@stategate/journal-spi';
import { textOf } from './rows.ts';
import type { Session } from './session.ts';

const OLDEST_MAJOR = 4;

/** The version of the node that answers. One that is too old is refused. */
export async function serverVersionOf(session: Session, options: OpOptions): Promise<string> {
  const [row = {}] = await session.select({ cql: 'SELECT release_version FROM system.local', params: [] }, options);
  const version = textOf(row, 'release_version');
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return version;
  throw new StoreError(
    'ConfigError',
    `${session.calls.location} is version ${version} of Cassandra: ${OLDEST_MAJOR}.0 or newer is needed, earlier ones may return conditional writes late`,
  );
}

/** Settings of the node that answers, by name; none when it does not show them. */
export async function settingsOf(
  session: Session,
  env: DriverEnv,
  options: OpOptions,
): Promise<ReadonlyMap<string, string>> {
  const cql = `SELECT name, value FROM system_views.settings WHERE name IN ('commitlog_sync', 'max_mutation_size')`;
  try {
    const rows = await session.select({ cql, params: [] }, options);
    return new Map(rows.map((row) => [textOf(row, 'name'), textOf(row, 'value')]));
  } catch (error) {
    env.warn('Cassandra does not show its settings: it is taken for one that writes to disk after it acknowledges', {
      error,
    });
    return new Map();
  }
}

/** How many copies the keyspace has in the data center; undefined when there is no such keyspace. */
export async function copiesOf(session: Session, dataCenter: string, options: OpOptions): Promise<number | undefined> {
  const { keyspace } = session;
  const cql = 'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?';
  const [row] = await session.select({ cql, params: [keyspace] }, options);
  if (row === undefined) return undefined;
  const replication = Object(row['replication']) as Readonly<Record<string, string | undefined>>;
  // "3" or, where some of the copies are transient, "3/1".
  const copies = Number.parseInt(replication[dataCenter] ?? replication['replication_factor'] ?? '0', 10);
  if (copies > 0) return copies;
  throw new StoreError(
    'ConfigError',
    `the keyspace ${keyspace} has no copy in the data center ${dataCenter}: change its replication, or store.config.localDataCenter`,
  );
}

/**
 * With `batch` and `group` a node acknowledges what is on its disk. With `periodic` it has been some seconds in memory by then: as
 * long as a quorum lives it is safe, but a node that comes back without it may outvote the one that has it.
 */
export function durabilityOf(
  commitlogSync = '',
  copies: number,
): Pick<Capabilities, 'durability' | 'ackLossOnFailover'> {
  const onDisk = ['batch', 'group'].includes(commitlogSync);
  if (copies > 1) return { durability: onDisk ? 'quorum-disk' : 'quorum-memory', ackLossOnFailover: !onDisk };
  return { durability: onDisk ? 'disk' : 'none', ackLossOnFailover: !onDisk };
}
