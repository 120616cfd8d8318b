import type { Generated, Kysely, Sql } from 'kysely';

interface PayloadColumns {
  readonly manifest: string;
  readonly payload: Buffer;
  readonly meta: Buffer | null;
}

/** The tables as queries see them. Text is as `toText` makes it, times are milliseconds since 1970 unless said otherwise. */
export interface Tables {
  readonly schema_version: { readonly version: number };
  readonly stream: {
    readonly sid: Generated<number>;
    readonly key: string;
    readonly namespace: string;
    readonly persistence_id: string;
    readonly entity_id: string;
    readonly head: Generated<number>;
    readonly deleted_to: Generated<number>;
    readonly epoch: number;
    readonly bytes: Generated<number>;
    readonly feed: number;
  };
  readonly event: PayloadColumns & {
    readonly sid: number;
    readonly seq: number;
    readonly tx: Generated<string>;
    readonly at: number;
    readonly epoch: number;
    readonly bytes: number;
    readonly token: string | null;
    readonly feed: number;
  };
  readonly snapshot: PayloadColumns & { readonly sid: number; readonly seq: number; readonly at: number };
  readonly value: {
    readonly place: string;
    readonly key: string;
    readonly namespace: string;
    readonly collection: string;
    readonly epoch: number;
    readonly rev: Generated<number>;
    readonly written_epoch: Generated<number>;
    readonly token: string | null;
    readonly replaced: Generated<boolean>;
    readonly expires_at: Date | null;
    readonly manifest: Generated<string>;
    readonly payload: Buffer | null;
    readonly meta: Buffer | null;
  };
  readonly epoch: { readonly namespace: string; readonly last: number };
  readonly fence: {
    readonly namespace: string;
    readonly scope: string;
    readonly epoch: number;
    readonly owner: string;
    readonly until: Date | null;
  };
}

export const TABLES = [
  'schema_version',
  'stream',
  'event',
  'snapshot',
  'value',
  'epoch',
  'fence',
] as const satisfies readonly (keyof Tables)[];

/** Builds queries; it is not connected to anything. */
export interface QueryBuilder {
  readonly db: Kysely<Tables>;
  readonly sql: Sql;
  /** A table's name in its schema, for what is written by hand. */
  readonly table: (name: keyof Tables) => string;
}

export async function createQueryBuilder(schema: string): Promise<QueryBuilder> {
  const { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } =
    await import('kysely');
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return { db: db.withSchema(schema), sql, table: (name) => sql.id(schema, name).compile(db).sql };
}
