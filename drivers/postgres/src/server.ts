import { StoreError } from '@stategate/journal-spi';
import type { Capabilities, DriverEnv, OpOptions, ServerInfo } from '@stategate/journal-spi';
import { checkDurability, isAtLeast } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Options } from './options.ts';
import { missingTables } from './schema.ts';

/** The first one whose transaction numbers do not wrap around. */
const OLDEST_VERSION = 130_000;
/** For how long a transaction may write before health speaks of it. */
const LONG_TRANSACTION_MS = 10_000;

const SETTINGS = [
  'server_version_num',
  'server_encoding',
  'transaction_read_only',
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'synchronous_standby_names',
];

/** Finds out what the server is and promises. Throws `ConfigError` for one that cannot keep a store, or promises less than is asked for. */
export async function inspectServer(
  connection: Connection,
  { durability: wanted }: Options,
  env: DriverEnv,
): Promise<{ server: ServerInfo } & Pick<Capabilities, 'durability' | 'ackLossOnFailover'>> {
  const settings = SETTINGS.map((name) => `current_setting('${name}') AS ${name}`);
  const [found = {}] = await connection.session('read', {}, (send) =>
    send(`SELECT version(), pg_is_in_recovery() AS standby, ${settings.join()}`),
  );
  const is = (name: string) => String(found[name]);
  const { location } = connection;
  const writes = env.readOnly !== true;
  const refuse = (why: string) => new StoreError('ConfigError', `${location} cannot be used: ${why}`);
  const [product = '', version = ''] = is('version').split(' ');
  if (Number(is('server_version_num')) < OLDEST_VERSION)
    throw refuse(`it is ${product} ${version}, 13 is the oldest that works`);
  if (is('server_encoding') !== 'UTF8') {
    throw refuse(`its encoding is ${is('server_encoding')}: name a database with UTF8 in store.config.database`);
  }
  if (writes && found['standby'] === true) throw refuse('it is a standby: name the primary in store.config.host');
  if (writes && is('transaction_read_only') === 'on') {
    throw refuse('it takes no writes: set default_transaction_read_only = off');
  }
  const durability = durabilityOf(is);
  const wayOut = 'set fsync, full_page_writes and synchronous_commit to on, and synchronous_standby_names for a quorum';
  checkDurability(durability, wanted, location, wayOut);
  if (!isAtLeast(durability, 'disk')) {
    env.warn(`${location} is ${durability}: a crash may lose acknowledged writes`, { durability });
  }
  return {
    server: { product, version, location },
    durability,
    ackLossOnFailover: !isAtLeast(durability, 'quorum-memory'),
  };
}

function durabilityOf(is: (setting: string) => string): Capabilities['durability'] {
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
  const [found = {}] = await connection.session('read', options, (send) =>
    send(`SELECT current_setting('transaction_read_only') = 'on' AS read_only, ${missingTables(schema)} AS missing, (
        SELECT format('process %s has been in a transaction that writes for %s ms', pid,
          round(extract(epoch FROM now() - xact_start) * 1000)) FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND datid IS NOT NULL AND xact_start < now() - interval '${LONG_TRANSACTION_MS} milliseconds'
        ORDER BY xact_start LIMIT 1
      ) AS long_transaction`),
  );
  const { read_only: takesNoWrites, missing, long_transaction: long } = found;
  const { location, waiting } = connection;
  if (takesNoWrites === true && !readOnly) throw new Error(`${location} takes no writes any more`);
  if (typeof missing === 'string' && !readOnly) {
    throw new Error(
      `${location} lacks the tables ${missing} in the schema ${schema}: restore them, or drop what is left of it and run stategate store schema --apply`,
    );
  }
  const problems: string[] = [];
  if (typeof long === 'string') problems.push(`in ${location}, ${long}: the change feed waits for it`);
  if (waiting > maxConnections) {
    problems.push(`${waiting} calls wait for one of ${maxConnections} connections to ${location}`);
  }
  return problems;
}
