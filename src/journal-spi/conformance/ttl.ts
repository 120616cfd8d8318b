import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseContext, ConformanceCase } from './case.ts';
import { get, key, put, refused, text } from './fixtures.ts';

const TTL_MS = 400;
/** Some stores count whole seconds. */
const GONE_WITHIN_MS = TTL_MS + 5000;

const ttl = {
  requires: (capabilities: { readonly ttl: unknown }) => capabilities.ttl !== false,
  async absence(ctx: CaseContext) {
    await refused(put(ctx, 'v', { ttlMs: TTL_MS }), 'Unsupported');
    assert.equal(await get(ctx), null);
  },
};

export const ttlCases: readonly ConformanceCase[] = [
  {
    id: 'K-13',
    title: 'an entry is there until its time has passed, and then gone',
    ...ttl,
    async run(ctx) {
      const before = performance.now();
      await put(ctx, 'v', { ttlMs: TTL_MS });
      const found = await text(ctx);
      if (performance.now() - before < TTL_MS) assert.equal(found, 'v');
      await expired(ctx);
      assert.ok(performance.now() - before >= TTL_MS - 5, 'it was gone too early');
    },
  },
  {
    id: 'K-14',
    title: 'an entry without a time stays',
    async run(ctx) {
      await put(ctx, 'v');
      await put(ctx, 'w', { key: key(ctx, 'k-2'), ttlMs: null });
      await sleep(TTL_MS);
      assert.deepEqual([await text(ctx), await text(ctx, 'k-2')], ['v', 'w']);
    },
  },
  {
    id: 'K-15',
    title: 'a put without a time takes the earlier time away',
    ...ttl,
    async run(ctx) {
      await put(ctx, 'v', { ttlMs: TTL_MS });
      await put(ctx, 'w', { ttlMs: null });
      await put(ctx, 'other', { key: key(ctx, 'k-2'), ttlMs: TTL_MS });
      await expired(ctx, 'k-2');
      assert.equal(await text(ctx), 'w');
    },
  },
  {
    id: 'K-16',
    title: 'an expired entry is absent to a condition',
    ...ttl,
    async run(ctx) {
      const { rev } = await put(ctx, 'v', { ttlMs: TTL_MS });
      await expired(ctx);
      await refused(put(ctx, 'w', { condition: { if: 'exists' } }), 'SequenceConflict');
      const created = await put(ctx, 'w', { condition: { if: 'absent' } });
      assert.equal(created.existed, false);
      assert.notEqual(created.rev, rev);
    },
  },
  {
    id: 'K-17',
    title: 'an expired entry is not listed',
    ...ttl,
    async run(ctx) {
      await put(ctx, 'v', { ttlMs: TTL_MS });
      await put(ctx, 'stays', { key: key(ctx, 'k-2') });
      await expired(ctx);
      const { namespace, collection } = key(ctx);
      const found = await ctx.driver.keyValue.list({ namespace, collection, limit: 10 }, ctx.options);
      assert.deepEqual(
        found.map((entry) => entry.key),
        ['k-2'],
      );
    },
  },
  {
    id: 'K-18',
    title: 'a time that is no duration is an InvalidRequest',
    ...ttl,
    async run(ctx) {
      for (const ttlMs of [-5, 0, NaN, Infinity, 1e18]) await refused(put(ctx, 'v', { ttlMs }), 'InvalidRequest');
      assert.equal(await get(ctx), null);
    },
  },
];

async function expired(ctx: CaseContext, name = 'k-1'): Promise<void> {
  const giveUp = performance.now() + GONE_WITHIN_MS;
  while ((await get(ctx, name)) !== null) {
    assert.ok(performance.now() < giveUp, `the entry was still there ${GONE_WITHIN_MS} ms after it was written`);
    await sleep(20);
  }
}
