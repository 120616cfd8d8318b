import type { CreateTableBuilder, RawBuilder } from 'kysely';
import type { SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import type { Connection, Send } from './connection.ts';
import { TABLES } from './tables.ts';
import type { QueryBuilder } from './tables.ts';

/** Entry n brings version n to n + 1. Entries are never changed, only added. */
const MIGRATIONS = [createTables] as const;

export function createSchemaManager(connection: Connection, schema: string, builder: QueryBuilder): SchemaManager {
  const marker = builder.table('schema_version');

  async function versionOf(send: Send): Promise<number> {
    // Not by a cast to regclass: a session remembers what it did not find, also while it waits for those who make it.
    const found = await send(
      `SELECT FROM pg_tables WHERE schemaname = ${literal(schema)} AND tablename = 'schema_version'`,
    );
    const [row] = found.length === 0 ? [] : await send(`SELECT version FROM ${marker}`);
    return Number(row?.['version'] ?? 0);
  }

  async function missing(version: number, send: Send): Promise<readonly string[]> {
    const found = await send(`SELECT FROM pg_namespace WHERE nspname = ${literal(schema)}`);
    return [
      // Not by IF NOT EXISTS: that takes the right to create schemas also where it is there.
      ...(found.length === 0 ? [builder.db.schema.createSchema(schema).compile().sql] : []),
      ...MIGRATIONS.slice(version).flatMap((migration) => migration(builder)),
    ];
  }

  return schemaFrom(connection.calls, {
    packageName: '@stategate/driver-postgres',
    target: MIGRATIONS.length,
    current: (call) => connection.session('read', call, versionOf),
    statements: (current, call) => connection.session('read', call, (send) => missing(current, send)),
    migrate: (_, call) =>
      connection.session('write', call, async (send) => {
        await send('BEGIN');
        // Others who migrate at this moment wait here, and then find nothing missing.
        await send(`SELECT pg_advisory_xact_lock(hashtextextended(${literal(marker)}, 0))`);
        for (const statement of await missing(await versionOf(send), send)) await send(statement);
        await send('COMMIT');
      }),
  });
}

/** An expression: the names of the tables that are not there, or null. */
export function missingTables(schema: string): string {
  return `(SELECT string_agg(wanted, ', ') FROM unnest(ARRAY[${TABLES.map(literal).join()}]) AS wanted
    WHERE NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = ${literal(schema)} AND tablename = wanted))`;
}

function createTables({ db: { schema }, sql, table }: QueryBuilder): readonly string[] {
  const name = sql`text COLLATE "C" NOT NULL`;
  const text = sql`text NOT NULL`;
  const integer = sql`integer NOT NULL`;
  const number = sql`bigint NOT NULL`;
  const counter = sql`bigint NOT NULL DEFAULT 0`;
  const payload = { manifest: text, payload: sql`bytea NOT NULL`, meta: sql`bytea` };

  function create(to: string, key: readonly string[], columns: Readonly<Record<string, RawBuilder<unknown>>>) {
    const empty: CreateTableBuilder<string, string> = schema.createTable(to);
    return Object.entries(columns)
      .reduce((made, [column, type]) => made.addColumn(column, type), empty)
      .addPrimaryKeyConstraint(`${to}_pkey`, [...key]);
  }

  const statements = [
    schema.createTable('schema_version').addColumn('version', integer),

    // A row means: written, or sealed. `key` is all names, or their digest where they are too long for an index together. Appends change none
    // of the columns with an index, and find room on the page of the row. `bytes` is what all events took,
    // `feed` a number for the namespace, short enough to be in every event.
    create('stream', ['key'], {
      sid: sql`bigint NOT NULL GENERATED ALWAYS AS IDENTITY`,
      key: name,
      namespace: name,
      persistence_id: name,
      entity_id: name,
      head: counter,
      deleted_to: counter,
      epoch: number,
      bytes: counter,
      feed: integer,
    }).modifyEnd(sql`WITH (fillfactor = 70)`),
    schema.createIndex('stream_sid').unique().on('stream').column('sid'),
    schema.createIndex('stream_list').on('stream').columns(['namespace', 'persistence_id', 'sid']),

    // `bytes` is what the stream's events took up to this one. The first event of an append holds its token.
    create('event', ['sid', 'seq'], {
      sid: number,
      seq: number,
      tx: sql`xid8 NOT NULL DEFAULT pg_current_xact_id()`,
      at: number,
      epoch: number,
      bytes: number,
      feed: integer,
      token: sql`text`,
      ...payload,
    }),
    schema.createIndex('event_feed').on('event').columns(['feed', 'tx', 'sid', 'seq']),

    create('snapshot', ['sid', 'seq'], { sid: number, seq: number, at: number, ...payload }),

    // A row stays after a deletion, and is made by a seal: without payload there is no entry, but an epoch, a revision, a token.
    // `place` is namespace and collection, as `key` of a stream. `replaced` says whether the last write found an entry.
    create('value', ['place', 'key'], {
      place: name,
      key: name,
      namespace: name,
      collection: name,
      epoch: number,
      rev: counter,
      written_epoch: counter,
      token: sql`text`,
      replaced: sql`boolean NOT NULL DEFAULT false`,
      expires_at: sql`timestamptz`,
      manifest: sql`text NOT NULL DEFAULT ''`,
      payload: sql`bytea`,
      meta: sql`bytea`,
    }),

    // The counter of a namespace, and what each of its scopes got last.
    create('epoch', ['namespace'], { namespace: name, last: number }),
    create('fence', ['namespace', 'scope'], {
      namespace: name,
      scope: name,
      epoch: number,
      owner: text,
      until: sql`timestamptz`,
    }),
  ];
  return [
    ...statements.map((each) => each.compile().sql),
    // Payloads may be compressed or encrypted already: the server must not try.
    ...(['event', 'snapshot', 'value'] as const).map(
      (each) => `ALTER TABLE ${table(each)} ALTER payload SET STORAGE EXTERNAL`,
    ),
    `INSERT INTO ${table('schema_version')} VALUES (1)`,
  ];
}

/** Text in a statement that takes no parameters. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
