import type { ColumnDefinitionBuilder } from 'kysely';
import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import { checkSchemaVersion } from '@stategate/journal-spi/kit';
import type { Connection, Send } from './connection.ts';
import { TABLES } from './tables.ts';
import type { QueryBuilder } from './tables.ts';

/** Entry n brings version n to n + 1. Entries are never changed, only added. */
const MIGRATIONS = [createTables] as const;
const TARGET = MIGRATIONS.length;

export function createSchemaManager(connection: Connection, schema: string, builder: QueryBuilder): SchemaManager {
  const marker = builder.table('schema_version');

  /** 0 when there are no tables. Throws `SchemaMismatch` for those of a newer driver. */
  async function versionOf(send: Send): Promise<number> {
    // Not by a cast to regclass: a session remembers what it did not find, also while it waits for those who make it.
    const [found] = await send(
      `SELECT count(*) AS found FROM pg_tables WHERE schemaname = ${literal(schema)} AND tablename = 'schema_version'`,
    );
    if (found?.['found'] !== 1) return 0;
    const [row] = await send(`SELECT version FROM ${marker}`);
    const version = Number(row?.['version'] ?? 0);
    checkSchemaVersion(version, TARGET, 'postgres', connection.location);
    return version;
  }

  async function missing(send: Send): Promise<readonly string[]> {
    const version = await versionOf(send);
    if (version === TARGET) return [];
    const name = builder.sql.id(schema).compile(builder.db).sql;
    const [found] = await send(`SELECT count(*) AS found FROM pg_namespace WHERE nspname = ${literal(schema)}`);
    const mark =
      version === 0 ? `INSERT INTO ${marker} VALUES (${TARGET})` : `UPDATE ${marker} SET version = ${TARGET}`;
    return [
      ...(found?.['found'] === 1 ? [] : [`CREATE SCHEMA ${name}`]),
      ...MIGRATIONS.slice(version).flatMap((migration) => migration(builder)),
      mark,
    ];
  }

  return {
    status: (options) =>
      connection.session('read', options, async (send) => ({ current: await versionOf(send), target: TARGET })),

    statements: (options) => connection.session('read', options, missing),

    async migrate(options: OpOptions) {
      const { current, target } = await this.status(options);
      if (current === target) return;
      await connection.session('write', options, async (send) => {
        await send('BEGIN');
        // Others who migrate at this moment wait here, and then find nothing missing.
        await send(`SELECT pg_advisory_xact_lock(hashtextextended(${literal(marker)}, 0))`);
        for (const statement of await missing(send)) await send(statement);
        await send('COMMIT');
      });
    },
  };
}

/** An expression: the names of the tables that are not there, or null. */
export function missingTables(schema: string): string {
  return `(SELECT string_agg(wanted, ', ') FROM unnest(ARRAY[${TABLES.map(literal).join()}]) AS wanted
    WHERE NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = ${literal(schema)} AND tablename = wanted))`;
}

function createTables({ db, sql, table }: QueryBuilder): readonly string[] {
  const name = sql`text COLLATE "C"`;
  const { schema } = db;
  const statements = [
    schema.createTable('schema_version').addColumn('version', 'integer', required),

    // A row means: written, or sealed. `key` is all names, or their digest where they are too long for an index together. Appends change none
    // of the columns with an index, and find room on the page of the row. `bytes` is what all events took,
    // `feed` a number for the namespace, short enough to be in every event.
    schema
      .createTable('stream')
      .addColumn('sid', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
      .addColumn('key', name, (column) => column.primaryKey())
      .addColumn('namespace', name, required)
      .addColumn('persistence_id', name, required)
      .addColumn('entity_id', name, required)
      .addColumn('head', 'bigint', zero)
      .addColumn('deleted_to', 'bigint', zero)
      .addColumn('epoch', 'bigint', required)
      .addColumn('bytes', 'bigint', zero)
      .addColumn('feed', 'integer', required)
      .modifyEnd(sql`WITH (fillfactor = 70)`),
    schema.createIndex('stream_sid').unique().on('stream').column('sid'),
    schema.createIndex('stream_list').on('stream').columns(['namespace', 'persistence_id', 'sid']),

    // `bytes` is what the stream's events took up to this one. The first event of an append holds its token.
    schema
      .createTable('event')
      .addColumn('sid', 'bigint', required)
      .addColumn('seq', 'bigint', required)
      .addColumn('tx', sql`xid8`, (column) => column.notNull().defaultTo(sql`pg_current_xact_id()`))
      .addColumn('at', 'bigint', required)
      .addColumn('epoch', 'bigint', required)
      .addColumn('bytes', 'bigint', required)
      .addColumn('feed', 'integer', required)
      .addColumn('token', 'text')
      .addColumn('manifest', 'text', required)
      .addColumn('payload', 'bytea', required)
      .addColumn('meta', 'bytea')
      .addPrimaryKeyConstraint('event_pkey', ['sid', 'seq']),
    schema.createIndex('event_feed').on('event').columns(['feed', 'tx', 'sid', 'seq']),

    schema
      .createTable('snapshot')
      .addColumn('sid', 'bigint', required)
      .addColumn('seq', 'bigint', required)
      .addColumn('at', 'bigint', required)
      .addColumn('manifest', 'text', required)
      .addColumn('payload', 'bytea', required)
      .addColumn('meta', 'bytea')
      .addPrimaryKeyConstraint('snapshot_pkey', ['sid', 'seq']),

    // A row stays after a deletion, and is made by a seal: without payload there is no entry, but an epoch, a revision, a token.
    // `place` is namespace and collection, as `key` of a stream. `replaced` says whether the last write found an entry.
    schema
      .createTable('value')
      .addColumn('place', name, required)
      .addColumn('key', name, required)
      .addColumn('namespace', name, required)
      .addColumn('collection', name, required)
      .addColumn('epoch', 'bigint', required)
      .addColumn('rev', 'bigint', zero)
      .addColumn('written_epoch', 'bigint', zero)
      .addColumn('token', 'text')
      .addColumn('replaced', 'boolean', (column) => column.notNull().defaultTo(false))
      .addColumn('expires_at', 'timestamptz')
      .addColumn('manifest', 'text', (column) => column.notNull().defaultTo(''))
      .addColumn('payload', 'bytea')
      .addColumn('meta', 'bytea')
      .addPrimaryKeyConstraint('value_pkey', ['place', 'key']),

    // The counter of a namespace, and what each of its scopes got last.
    schema
      .createTable('epoch')
      .addColumn('namespace', name, (column) => column.primaryKey())
      .addColumn('last', 'bigint', required),
    schema
      .createTable('fence')
      .addColumn('namespace', name, required)
      .addColumn('scope', name, required)
      .addColumn('epoch', 'bigint', required)
      .addColumn('owner', 'text', required)
      .addColumn('until', 'timestamptz')
      .addPrimaryKeyConstraint('fence_pkey', ['namespace', 'scope']),
  ];
  // Payloads may be compressed or encrypted already: the server must not try.
  const storage = (['event', 'snapshot', 'value'] as const).map(
    (each) => `ALTER TABLE ${table(each)} ALTER payload SET STORAGE EXTERNAL`,
  );
  return [...statements.map((each) => each.compile().sql), ...storage];
}

function required(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}

function zero(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull().defaultTo(0);
}

/** Text in a statement that takes no parameters. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
