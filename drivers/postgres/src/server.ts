import { StoreError } from '@stategate/journal-spi';
import type { Capabilities, DriverEnv, OpOptions } from '@stategate/journal-spi';
import type { Connection } from './connection.ts';
import type { Options } from './options.ts';
import { missingTables } from './schema.ts';

type Durability = Capabilities['durability'];

/** From the weakest on. */
const DURABILITIES: readonly Durability[] = ['none', 'os-buffered', 'disk', 'quorum-memory', 'quorum-disk'];

/** The first one whose transaction numbers do not wrap around. */
const OLDEST_VERSION = 130_000;
/** For how long a transaction may write before health speaks of it. */
const LONG_TRANSACTION_MS = 10_000;

const SETTINGS = ['server_version_num', 'server_encoding', 'fsync', 'full_page_writes', 'synchronous_commit'] as const;

export interface Server {
  readonly product: string;
  readonly version: string;
  readonly durability: Durability;
  readonly ackLossOnFailover: boolean;
}

/** Finds out what the server is and promises. Throws `ConfigError` for one that cannot keep a store, or promises less than is asked for. */
export async function inspectServer(
  connection: Connection,
  { durability: wanted = 'none' }: Options,
  env: DriverEnv,
  options: OpOptions,
): Promise<Server> {
  const settings = [...SETTINGS, 'synchronous_standby_names'].map((name) => `current_setting('${name}') AS ${name}`);
  const [found = {}] = await connection.session('read', options, (send) =>
    send(
      `SELECT version(), pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS read_only, ${settings.join()}`,
    ),
  );
  const is = (name: string) => String(found[name]);
  const { location } = connection;
  const refuse = (why: string) => new StoreError('ConfigError', `${location} cannot be used: ${why}`);
  const [product = '', version = ''] = is('version').split(' ');
  if (Number(is('server_version_num')) < OLDEST_VERSION)
    throw refuse(`it is ${product} ${version}, 13 is the oldest that works`);
  if (is('server_encoding') !== 'UTF8') {
    throw refuse(`its encoding is ${is('server_encoding')}: name a database with UTF8 in store.config.database`);
  }
  if (env.readOnly !== true && found['standby'] === true) {
    throw refuse('it is a standby: name the primary in store.config.host');
  }
  if (env.readOnly !== true && is('read_only') === 'on') {
    throw refuse('it takes no writes: set default_transaction_read_only = off');
  }
  const durability = durabilityOf(is);
  if (DURABILITIES.indexOf(durability) < DURABILITIES.indexOf(wanted)) {
    throw refuse(
      `its settings make it ${durability}, store.config.durability asks for ${wanted}: set fsync, full_page_writes and synchronous_commit to on, and synchronous_standby_names for a quorum`,
    );
  }
  if (DURABILITIES.indexOf(durability) < DURABILITIES.indexOf('disk')) {
    env.warn(`${location} is ${durability}: a crash may lose acknowledged writes`, { durability });
  }
  return { product, version, durability, ackLossOnFailover: !durability.startsWith('quorum') };
}

function durabilityOf(is: (setting: string) => string): Durability {
  // The server itself holds back what is committed, for a while.
  if (is('synchronous_commit') === 'off') return 'none';
  if (is('fsync') !== 'on' || is('full_page_writes') !== 'on') return 'os-buffered';
  if (is('synchronous_standby_names') === '' || is('synchronous_commit') === 'local') return 'disk';
  return is('synchronous_commit') === 'remote_write' ? 'quorum-memory' : 'quorum-disk';
}

/** What is wrong or soon will be. Throws when the server cannot take writes. */
export async function serverProblems(
  connection: Connection,
  { maxConnections, schema }: Options,
  readOnly: boolean,
  options: OpOptions,
): Promise<string[]> {
  const [found] = await connection.session('read', options, (send) =>
    send(`SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only, (
        SELECT pid || ' ' || round(extract(epoch FROM now() - xact_start) * 1000) FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND datid IS NOT NULL AND xact_start < now() - interval '${LONG_TRANSACTION_MS} milliseconds'
        ORDER BY xact_start LIMIT 1
      ) AS long_transaction, ${missingTables(schema)} AS missing_tables`),
  );
  const { location } = connection;
  if (found?.['read_only'] === true && !readOnly) throw new Error(`${location} takes no writes any more`);
  const missing = found?.['missing_tables'];
  if (typeof missing === 'string' && !readOnly) {
    throw new Error(
      `${location} lacks the tables ${missing} in the schema ${schema}: restore them, or drop what is left of it and run stategate store schema --apply`,
    );
  }
  const problems: string[] = [];
  const long = found?.['long_transaction'];
  if (typeof long === 'string') {
    const [pid, ms] = long.split(' ');
    problems.push(
      `process ${pid} of ${location} has been in a transaction that writes for ${ms} ms: the change feed waits for it`,
    );
  }
  if (connection.waiting > maxConnections) {
    problems.push(`${connection.waiting} calls wait for one of ${maxConnections} connections to ${location}`);
  }
  return problems;
}
