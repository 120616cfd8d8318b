import assert from 'node:assert/strict';
import type { KvListQuery } from '../key-value.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import { key, payload, plain, put, putRequest, range, refused, remove } from './fixtures.ts';

export const keyValueListCases: readonly ConformanceCase[] = [
  {
    id: 'K-20',
    title: 'list goes through a prefix page by page in the order of bytes',
    async run(ctx) {
      const names = range(0, 999).map((n) => `${n % 3 === 0 ? 'a' : 'b'}/${n}`);
      await putAll(ctx, names);
      assert.deepEqual(await pages(ctx, { limit: 7 }), byBytes(names));
      const prefixed = names.filter((name) => name.startsWith('a/'));
      assert.deepEqual(await pages(ctx, { prefix: 'a/', limit: 7 }), byBytes(prefixed));
      assert.deepEqual(await list(ctx, { after: 'a/999', limit: 1 }), ['b/1']);
      assert.deepEqual(await list(ctx, { after: 'b/998', limit: 10 }), []);
      await refused(list(ctx, { limit: 0 }), 'InvalidRequest');
    },
  },
  {
    id: 'K-21',
    title: 'list gives keys that nobody touches exactly once while others come and go',
    async run(ctx) {
      const stable = range(0, 99).map((n) => `s-${String(n).padStart(2, '0')}`);
      const coming = range(0, 99).map((n) => `s-${String(n).padStart(2, '0')}x`);
      await putAll(ctx, [...stable, ...coming.slice(0, 50)]);
      let n = 0;
      const found = await pages(ctx, { limit: 9 }, async () => {
        await remove(ctx, { key: key(ctx, coming[n] ?? 'none') });
        await put(ctx, 'v', { key: key(ctx, coming[99 - n] ?? 'none') });
        n += 1;
      });
      assert.deepEqual(
        found.filter((name) => !name.endsWith('x')),
        stable,
      );
      assert.equal(new Set(found).size, found.length, 'a key is listed twice');
    },
  },
  {
    id: 'K-22',
    title: 'a prefix is taken literally, and keys of any characters are ordered by their bytes',
    async run(ctx) {
      const special = '% _ * \\ [ ] ~ ? { ^ $ . | \' " \u007f \u00ff \ud7ff'.split(' ');
      // In UTF-16 an emoji comes before these two, in UTF-8 after them.
      const names = [...special, '\ue000', '\uffff', '🛒', '\u{10ffff}'].flatMap((name) => [
        name,
        `${name}a`,
        `x${name}`,
      ]);
      await putAll(ctx, [...names, 'a', 'b', 'xa', 'xb']);
      for (const prefix of [...special, '\uffff', '🛒', '\u{10ffff}']) {
        assert.deepEqual(await list(ctx, { prefix, limit: 100 }), [prefix, `${prefix}a`], JSON.stringify(prefix));
      }
      assert.deepEqual(await pages(ctx, { limit: 5 }), byBytes([...names, 'a', 'b', 'xa', 'xb']));
    },
  },
  {
    id: 'K-23',
    title: 'an empty prefix lists the whole collection, and nothing else',
    async run(ctx) {
      await put(ctx, 'v');
      await put(ctx, 'v', { key: key(ctx, 'other', 'other') });
      const { namespace, collection } = key(ctx);
      const [entry, ...rest] = await ctx.driver.keyValue.list(
        { namespace, collection, prefix: '', limit: 10 },
        ctx.options,
      );
      assert.ok(entry !== undefined && rest.length === 0);
      assert.deepEqual({ key: entry.key, ...plain(entry) }, { key: 'k-1', ...plain(payload('v')) });
      assert.deepEqual(await ctx.driver.keyValue.list({ namespace, collection: 'none', limit: 10 }, ctx.options), []);
    },
  },
];

async function putAll(ctx: CaseContext, names: readonly string[]): Promise<void> {
  const { groupMax } = ctx.driver.tuning;
  for (let from = 0; from < names.length; from += groupMax) {
    const requests = names.slice(from, from + groupMax).map((name) => putRequest(ctx, 'v', { key: key(ctx, name) }));
    const outcomes = await ctx.driver.keyValue.putMany(requests, ctx.options);
    for (const outcome of outcomes) if (outcome instanceof Error) throw outcome;
  }
}

async function list(ctx: CaseContext, query: Omit<KvListQuery, 'namespace' | 'collection'>): Promise<string[]> {
  const { namespace, collection } = key(ctx);
  const entries = await ctx.driver.keyValue.list({ namespace, collection, ...query }, ctx.options);
  assert.ok(entries.length <= query.limit, 'a page is too long');
  return entries.map((entry) => entry.key);
}

async function pages(ctx: CaseContext, query: { prefix?: string; limit: number }, between?: () => Promise<void>) {
  const found: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await list(ctx, after === undefined ? query : { ...query, after });
    const last = page.at(-1);
    if (last === undefined) return found;
    assert.ok(found.length < 10_000, 'the list does not end');
    found.push(...page);
    after = last;
    await between?.();
  }
}

function byBytes(names: readonly string[]): string[] {
  return names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
