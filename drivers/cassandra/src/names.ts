import { crc32 } from 'node:zlib';
import type { OpOptions } from '@stategate/journal-spi';
import { textOf } from './rows.ts';
import type { Session } from './session.ts';

/** Over how many partitions the names in one place are spread. Stored names depend on it: it never changes. */
const BUCKETS = 16;
/** How many names are looked into at once when they are listed. */
const LIST_STEP = 256;

/** Its parts: one for each column. */
type Name = readonly string[];

/** `limit` things whose names come after `start`, or from it on. */
interface NameQuery<Found> {
  readonly than: '>' | '>=';
  readonly start: Name;
  readonly limit: number;
  /** The list ends before the first name that is not. */
  readonly isWanted: (name: Name) => boolean;
  /** What has the name, if anything has. */
  readonly find: (name: Name) => Promise<Found | null>;
}

/**
 * The names of what there is in a place, in partitions of their own. A name is written before what has it, so none is missing. It is
 * never removed, as a removal could hit one that was just written again, and is left out of lists when nothing has it.
 */
export function createNames(session: Session, name: string, place: readonly string[], columns: readonly string[]) {
  const table = session.table(name);
  const all = [...place, 'bucket', ...columns];
  const addCql = `INSERT INTO ${table} (${all.join()}) VALUES (${marks(all)})`;
  const bucketCql = `SELECT ${columns.join()} FROM ${table} WHERE ${[...place, 'bucket'].join(' = ? AND ')} = ?`;

  /** The next ones by their bytes: of each bucket as many as are wanted altogether. */
  async function next(where: Name, than: '>' | '>=', start: Name, count: number, options: OpOptions) {
    const cql = `${bucketCql} AND (${columns.join()}) ${than} (${marks(columns)}) LIMIT ?`;
    const buckets = Array.from({ length: BUCKETS }, (_, bucket) =>
      session.select({ cql, params: [...where, bucket, ...start, count] }, options),
    );
    const rows = (await Promise.all(buckets)).flat();
    const names = rows.map((row) => columns.map((column) => textOf(row, column)));
    return names.toSorted(byBytes).slice(0, count);
  }

  return {
    add: (where: Name, parts: Name, options: OpOptions) =>
      session.write({ cql: addCql, params: [...where, crc32(parts.join('\n')) % BUCKETS, ...parts] }, options),

    async list<Found>(where: Name, query: NameQuery<Found>, options: OpOptions): Promise<Found[]> {
      const { limit, isWanted, find } = query;
      let { than, start } = query;
      const found: Found[] = [];
      for (;;) {
        const count = Math.min(limit - found.length, LIST_STEP);
        const names = await next(where, than, start, count, options);
        const wanted = names.filter(isWanted);
        found.push(...(await Promise.all(wanted.map(find))).filter((each) => each !== null));
        const last = names.at(-1);
        if (last === undefined || wanted.length < count || found.length === limit) return found;
        [than, start] = ['>', last];
      }
    },
  };
}

function marks(columns: readonly string[]): string {
  return columns.map(() => '?').join();
}

function byBytes(a: Name, b: Name): number {
  for (const [at, part] of a.entries()) {
    const other = b[at] ?? '';
    if (part !== other) return Buffer.compare(Buffer.from(part), Buffer.from(other));
  }
  return 0;
}
