import type { Kysely, Sql } from 'kysely';

export const TABLES = ['schema_version', 'stream', 'event', 'snapshot', 'value', 'epoch', 'fence'] as const;

/** What built queries use of them. Text is as `toText` makes it, times are milliseconds since 1970 where they are no `Date`. */
interface Tables {
  readonly stream: {
    readonly sid: number;
    readonly key: string;
    readonly namespace: string;
    readonly persistence_id: string;
    readonly entity_id: string;
    readonly head: number;
    readonly deleted_to: number;
    readonly epoch: number;
  };
  readonly snapshot: {
    readonly sid: number;
    readonly seq: number;
    readonly at: number;
    readonly manifest: string;
    readonly payload: Buffer;
    readonly meta: Buffer | null;
  };
  /** Only entries, of which these are not null. */
  readonly value: {
    readonly place: string;
    readonly key: string;
    readonly rev: number;
    readonly written_epoch: number;
    readonly token: string;
    readonly expires_at: Date | null;
    readonly manifest: string;
    readonly payload: Buffer;
    readonly meta: Buffer | null;
  };
  readonly fence: {
    readonly namespace: string;
    readonly scope: string;
    readonly epoch: number;
    readonly owner: string;
    readonly until: Date | null;
  };
}

/** Builds queries; it is not connected to anything. */
export interface QueryBuilder {
  readonly db: Kysely<Tables>;
  readonly sql: Sql;
  /** A table's name in its schema, for what is written by hand. */
  readonly table: (name: (typeof TABLES)[number]) => string;
}

export async function createQueryBuilder(schema: string): Promise<QueryBuilder> {
  const { Kysely, PostgresDialect, sql } = await import('kysely');
  const dialect = new PostgresDialect({ pool: () => Promise.reject(new Error('queries are only built here')) });
  const db = new Kysely<Tables>({ dialect });
  return { db: db.withSchema(schema), sql, table: (name) => sql.id(schema, name).compile(db).sql };
}
