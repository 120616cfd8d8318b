import { StoreError } from '@stategate/journal-spi';
import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import { checkSchemaVersion } from '@stategate/journal-spi/kit';
import { requiredNumber, textOf } from './rows.ts';
import type { Session } from './session.ts';

const VERSION = 1;

export interface SchemaOptions {
  readonly keyspace: string;
  readonly createKeyspace: boolean;
  /** Copies in each data center. */
  readonly replication: Readonly<Record<string, number>>;
}

export function createSchemaManager(
  session: Session,
  { keyspace, createKeyspace, replication }: SchemaOptions,
): SchemaManager {
  const meta = session.table('meta');

  /** What there is: the keyspace's own name, and those of its tables. */
  async function found(bounded: OpOptions): Promise<ReadonlySet<string>> {
    const [keyspaces, tables] = await Promise.all([
      session.select(
        { cql: 'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?', params: [keyspace] },
        bounded,
      ),
      tablesIn(session, keyspace, bounded),
    ]);
    return new Set([...keyspaces.map(() => keyspaceOf(keyspace)), ...tables]);
  }

  async function current(existing: ReadonlySet<string>, bounded: OpOptions): Promise<number> {
    if (!existing.has(meta)) return 0;
    const cql = `SELECT version FROM ${meta} WHERE id = 'schema'`;
    const [row] = await session.select({ cql, params: [] }, bounded);
    const version = row === undefined ? 0 : requiredNumber(row, 'version');
    checkSchemaVersion(version, VERSION, 'cassandra', session.location);
    return version;
  }

  /** What makes what is missing: also the tables that were dropped from a store which had them all. */
  function missing(existing: ReadonlySet<string>): readonly string[] {
    const wanted = [[keyspaceOf(keyspace), keyspaceStatement(keyspace, replication)], ...tableStatements(session)];
    return wanted.flatMap(([name = '', statement = '']) => (existing.has(name) ? [] : [statement]));
  }

  const mark = `INSERT INTO ${meta} (id, version) VALUES ('schema', ${VERSION}) IF NOT EXISTS`;

  return {
    status: (options) =>
      session.calls.run('read', options, async (bounded) => ({
        current: await current(await found(bounded), bounded),
        target: VERSION,
      })),

    statements: (options) =>
      session.calls.run('read', options, async (bounded) => {
        const existing = await found(bounded);
        const version = await current(existing, bounded);
        return [...missing(existing), ...(version === VERSION ? [] : [mark])];
      }),

    migrate: (options) =>
      session.calls.run('write', options, async (bounded) => {
        const existing = await found(bounded);
        await current(existing, bounded);
        if (!createKeyspace && !existing.has(keyspaceOf(keyspace))) {
          throw new StoreError(
            'ConfigError',
            `the keyspace ${keyspace} does not exist: create it, or set store.config.createKeyspace to true`,
          );
        }
        for (const statement of missing(existing)) await session.define(statement, bounded);
        await session.cas([{ cql: mark, params: [] }], bounded, 'seal');
      }),
  };
}

/** The tables of the driver that are not there. */
export async function missingTables(
  session: Session,
  keyspace: string,
  bounded: OpOptions,
): Promise<readonly string[]> {
  const existing = await tablesIn(session, keyspace, bounded);
  return tableStatements(session).flatMap(([table]) => (existing.has(table) ? [] : [table]));
}

async function tablesIn(session: Session, keyspace: string, bounded: OpOptions): Promise<ReadonlySet<string>> {
  const cql = 'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?';
  const rows = await session.select({ cql, params: [keyspace] }, bounded);
  return new Set(rows.map((row) => `"${keyspace}".${textOf(row, 'table_name')}`));
}

function keyspaceOf(keyspace: string): string {
  return `"${keyspace}"`;
}

function keyspaceStatement(keyspace: string, replication: Readonly<Record<string, number>>): string {
  const copies = Object.entries(replication).map(([name, count]) => `, '${name.replaceAll("'", "''")}': ${count}`);
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspaceOf(keyspace)} WITH replication = {'class': 'NetworkTopologyStrategy'${copies.join('')}}`;
}

/**
 * A stream is one partition: `head`, `sealed` (its epoch) and `deleted_to` belong to the partition, and each append (kind 0) and
 * each snapshot (kind 1) is a row. So one conditional write sees and changes all of it. All tables but those of names are written
 * by conditional writes only: plain ones would have timestamps of another clock.
 */
function tableStatements(session: Session): (readonly [name: string, statement: string])[] {
  const tables = {
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
  return Object.entries(tables).map(([name, columns]) => {
    const table = session.table(name);
    return [table, `CREATE TABLE IF NOT EXISTS ${table} (\n  ${columns}\n)`] as const;
  });
}
