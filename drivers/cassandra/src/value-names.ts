import type { KvEntry, KvKey, KvListQuery, OpOptions } from '@stategate/journal-spi';
import { BUCKETS, bucketOf, LIST_STEP } from './buckets.ts';
import { textOf } from './rows.ts';
import type { Session } from './session.ts';

/**
 * The keys of a collection, in partitions of their own. A key is written before its value, so none is missing; it is never
 * removed, as a removal could hit one that was just written again, and is left out when there is no value.
 */
export interface ValueNames {
  add(key: KvKey, options: OpOptions): Promise<void>;
  list(
    query: KvListQuery,
    get: (key: string) => Promise<KvEntry | null>,
    options: OpOptions,
  ): Promise<(KvEntry & { readonly key: string })[]>;
}

export function createValueNames(session: Session): ValueNames {
  const table = session.table('value_names');
  const addCql = `INSERT INTO ${table} (ns, coll, key, bucket) VALUES (?, ?, ?, ?)`;
  const select = `SELECT key FROM ${table} WHERE ns = ? AND coll = ? AND bucket = ? AND`;
  const afterCql = `${select} key > ? LIMIT ?`;
  const fromCql = `${select} key >= ? LIMIT ?`;

  /** The next keys by their bytes: of each bucket as many as are wanted altogether. */
  async function keys(
    cql: string,
    { namespace, collection }: KvListQuery,
    place: string,
    count: number,
    options: OpOptions,
  ): Promise<readonly string[]> {
    const buckets = await Promise.all(
      Array.from({ length: BUCKETS }, (_, bucket) =>
        session.select({ cql, params: [namespace, collection, bucket, place, count] }, options),
      ),
    );
    return buckets
      .flatMap((rows) => rows.map((row) => textOf(row, 'key')))
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
      .slice(0, count)
      .map(({ key }) => key);
  }

  return {
    add({ namespace, collection, key }, options) {
      return session.write({ cql: addCql, params: [namespace, collection, key, bucketOf(key)] }, options);
    },

    async list(query, get, options) {
      const { prefix = '', after = '', limit } = query;
      const found: (KvEntry & { readonly key: string })[] = [];
      const behind = Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0;
      let [cql, place] = behind ? [afterCql, after] : [fromCql, prefix];
      for (;;) {
        const count = Math.min(limit - found.length, LIST_STEP);
        const names = await keys(cql, query, place, count, options);
        const wanted = names.filter((key) => key.startsWith(prefix));
        const entries = await Promise.all(wanted.map(async (key) => ({ key, entry: await get(key) })));
        for (const { key, entry } of entries) {
          if (entry !== null) found.push({ key, ...entry });
        }
        const last = names.at(-1);
        if (last === undefined || wanted.length < count || found.length === limit) return found;
        [cql, place] = [afterCql, last];
      }
    },
  };
}
