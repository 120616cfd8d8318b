import { StoreError } from '@stategate/journal-spi';
import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import { requiredNumber, textOf } from './rows.ts';
import type { Session } from './session.ts';

const VERSION = 1;

/**
 * A stream is one partition: `head`, `sealed` (its epoch) and `deleted_to` belong to the partition, and each append (kind 0) and
 * each snapshot (kind 1) is a row. So one conditional write sees and changes all of it. All tables but those of names are written
 * by conditional writes only: plain ones would have timestamps of another clock.
 */
const TABLES = {
  streams: `ns text, pid text, eid text, kind tinyint, seq bigint,
  head bigint STATIC, sealed bigint STATIC, deleted_to bigint STATIC, large bigint STATIC,
  n int, write_token text, epoch bigint, at bigint, body blob,
  PRIMARY KEY ((ns, pid, eid), kind, seq)`,
  stream_names: 'ns text, bucket int, pid text, eid text, PRIMARY KEY ((ns, bucket), pid, eid)',
  values: `ns text, coll text, key text, rev text, sealed bigint, write_token text, epoch bigint, expires bigint, body blob,
  PRIMARY KEY ((ns, coll, key))`,
  value_names: 'ns text, coll text, bucket int, key text, PRIMARY KEY ((ns, coll, bucket), key)',
  fences: `ns text, scope text, counter bigint STATIC, epoch bigint, owner text, lease_until bigint,
  PRIMARY KEY (ns, scope)`,
  meta: 'id text PRIMARY KEY, version int',
};

export interface SchemaOptions {
  readonly createKeyspace: boolean;
  /** Copies in each data center. */
  readonly replication: Readonly<Record<string, number>>;
}

export function createSchemaManager(session: Session, { createKeyspace, replication }: SchemaOptions): SchemaManager {
  const { keyspace } = session;
  const copies = Object.entries(replication).map(([name, count]) => `, '${name.replaceAll("'", "''")}': ${count}`);
  const keyspaceCql = `CREATE KEYSPACE IF NOT EXISTS "${keyspace}" WITH replication = {'class': 'NetworkTopologyStrategy'${copies.join('')}}`;
  const markCql = `INSERT INTO ${session.table('meta')} (id, version) VALUES ('schema', ${VERSION}) IF NOT EXISTS`;

  /** What makes what is missing: also tables that were dropped from a store which had them all. */
  async function statements(options: OpOptions): Promise<readonly string[]> {
    const cql = 'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?';
    const [found] = await session.select({ cql, params: [keyspace] }, options);
    const tables = await missingTables(session, options);
    return [
      ...(found === undefined ? [keyspaceCql] : []),
      ...tables.map(([table, columns]) => `CREATE TABLE IF NOT EXISTS ${table} (\n  ${columns}\n)`),
      ...((await versionOf(session, options)) === VERSION ? [] : [markCql]),
    ];
  }

  return schemaFrom(session.calls, {
    packageName: '@stategate/driver-cassandra',
    target: VERSION,

    async current(call) {
      const version = await versionOf(session, call);
      return version <= VERSION && (await missingTables(session, call)).length > 0 ? 0 : version;
    },

    statements: (_, call) => statements(call),

    async migrate(_, call) {
      const missing = await statements(call);
      if (!createKeyspace && missing.includes(keyspaceCql)) {
        throw new StoreError(
          'ConfigError',
          `the keyspace ${keyspace} does not exist: create it, or set store.config.createKeyspace to true`,
        );
      }
      for (const statement of missing) await session.write({ cql: statement, params: [] }, call);
    },
  });
}

/**
 * The version that the store was completed with, 0 when it never was. A table that is missing from a complete store was lost with
 * what was in it: then it is not made again without being asked for.
 */
export async function versionOf(session: Session, options: OpOptions): Promise<number> {
  const meta = session.table('meta');
  const missing = await missingTables(session, options);
  if (missing.some(([table]) => table === meta)) return 0;
  const [row] = await session.select({ cql: `SELECT version FROM ${meta} WHERE id = 'schema'`, params: [] }, options);
  return row === undefined ? 0 : requiredNumber(row, 'version');
}

/** The tables of the driver that are not there, with their columns. */
export async function missingTables(
  session: Session,
  options: OpOptions,
): Promise<readonly (readonly [table: string, columns: string])[]> {
  const cql = 'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?';
  const rows = await session.select({ cql, params: [session.keyspace] }, options);
  const found = new Set(rows.map((row) => `"${session.keyspace}".${textOf(row, 'table_name')}`));
  return Object.entries(TABLES)
    .map(([name, columns]) => [session.table(name), columns] as const)
    .filter(([table]) => !found.has(table));
}
