import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import type { Fence, StreamKey } from '../stream.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import {
  append,
  claim,
  collect,
  head,
  isRefusal,
  numbers,
  payload,
  range,
  read,
  refused,
  request,
  stream,
} from './fixtures.ts';

export const fencingCases: readonly ConformanceCase[] = [
  {
    id: 'X-01',
    title: 'a claim raises the epoch and names its owner, in its own namespace',
    async run(ctx) {
      const { fences } = ctx.driver;
      assert.ok(Number.isSafeInteger(ctx.fence.epoch) && ctx.fence.epoch > 0);
      assert.equal(await fences.current(ctx.namespace, 'shard-1', ctx.options), null);
      let last = ctx.fence.epoch;
      for (const owner of ['a', 'b', 'я 🛒']) {
        const { epoch } = await fences.claim(ctx.namespace, 'shard-1', owner, ctx.options);
        assert.ok(epoch > last, `epoch ${epoch} after ${last}`);
        assert.deepEqual(await fences.current(ctx.namespace, 'shard-1', ctx.options), { epoch, owner });
        last = epoch;
      }
      assert.equal((await fences.current(ctx.namespace, 'all', ctx.options))?.epoch, ctx.fence.epoch);
      assert.equal(await fences.current(`${ctx.namespace}-other`, 'shard-1', ctx.options), null);
    },
  },
  {
    id: 'X-02',
    title: 'claims at once get different epochs across all scopes, and the highest of a scope is current',
    async run(ctx) {
      const other = await ctx.open();
      const claims = await Promise.all(
        range(0, 15).map(async (n) => {
          const scope = `shard-${n % 4}`;
          const { fences } = n % 2 === 0 ? ctx.driver : other;
          const { epoch } = await fences.claim(ctx.namespace, scope, `owner-${n}`, ctx.options);
          return { scope, epoch, owner: `owner-${n}` };
        }),
      );
      const epochs = claims.map(({ epoch }) => epoch);
      assert.equal(new Set([ctx.fence.epoch, ...epochs]).size, 17, `epochs ${epochs.join(' ')}`);
      for (const scope of new Set(claims.map((each) => each.scope))) {
        const highest = claims.filter((each) => each.scope === scope).toSorted((a, b) => b.epoch - a.epoch)[0];
        const { epoch, owner } = highest ?? assert.fail('unreachable');
        assert.deepEqual(await ctx.driver.fences.current(ctx.namespace, scope, ctx.options), { epoch, owner });
      }
    },
  },
  {
    id: 'X-04',
    title: 'an append below the epoch of the stream is Fenced and invisible',
    async run(ctx) {
      await append(ctx, 0, 3);
      const next = await claim(ctx);
      await append(ctx, 3, 1, { fence: next });
      const before = await read(ctx);
      await refused(append(ctx, 4), 'Fenced', { ours: ctx.fence.epoch, current: next.epoch });
      // The epoch is checked before the sequence.
      await refused(append(ctx, 3), 'Fenced');
      assert.deepEqual(await read(ctx), before);
      assert.equal((await head(ctx)).epoch, next.epoch);
    },
  },
  {
    id: 'X-06',
    title: 'after recover no append of an earlier owner is accepted, whether the new owner writes or not',
    async run(ctx) {
      const other = await ctx.open();
      for (const [name, size] of [
        ['new', 0],
        ['old', 3],
      ] as const) {
        const key = stream(ctx, name);
        if (size > 0) await append(ctx, 0, size, { stream: key });
        const next = await claim(ctx);
        const lost = { ours: ctx.fence.epoch, current: next.epoch };
        const sealed = await recover(other, ctx, key, next);
        assert.deepEqual([sealed.head.head, sealed.head.epoch], [size, next.epoch]);
        await refused(append(ctx, size, 1, { stream: key }), 'Fenced', lost);
        await refused(recover(ctx.driver, ctx, key, ctx.fence), 'Fenced', lost);
        await other.journal.append(request(ctx, size, 2, { stream: key, fence: next }), ctx.options);
        await refused(append(ctx, size + 2, 1, { stream: key }), 'Fenced', lost);
        assert.deepEqual(await numbers(ctx, {}, key), range(1, size + 2));
      }
      await races(ctx, other);
    },
  },
  {
    id: 'X-07',
    title: 'an owner keeps writing under its epoch, and may recover again',
    async run(ctx) {
      await append(ctx, 0);
      await append(ctx, 1);
      assert.equal((await recover(ctx.driver, ctx, stream(ctx), ctx.fence)).head.head, 2);
      assert.equal((await append(ctx, 2)).lastSequenceNr, 3);
    },
  },
  {
    id: 'X-08',
    title: 'epochs and seals outlive the process that made them',
    async run(ctx) {
      const first = await ctx.open();
      const { epoch } = await first.fences.claim(ctx.namespace, 'all', 'before', ctx.options);
      const fence = { scope: 'all', epoch };
      for (const name of ['new', 'old']) {
        if (name === 'old') await append(ctx, 0, 2, { stream: stream(ctx, name) });
        await recover(first, ctx, stream(ctx, name), fence);
      }
      await first.close();

      const second = await ctx.open();
      assert.deepEqual(await second.fences.current(ctx.namespace, 'all', ctx.options), { epoch, owner: 'before' });
      for (const [name, expected] of [
        ['new', 0],
        ['old', 2],
      ] as const) {
        const stale = request(ctx, expected, 1, { stream: stream(ctx, name) });
        await refused(second.journal.append(stale, ctx.options), 'Fenced', { ours: ctx.fence.epoch, current: epoch });
      }
      const next = await second.fences.claim(ctx.namespace, 'all', 'after', ctx.options);
      assert.ok(next.epoch > epoch);
    },
  },
  {
    id: 'X-10',
    title: 'an earlier owner deletes no events',
    async run(ctx) {
      await append(ctx, 0, 3);
      const next = await claim(ctx);
      await recover(ctx.driver, ctx, stream(ctx), next);
      const stale = ctx.driver.journal.deleteTo(stream(ctx), 2, ctx.fence, ctx.options);
      await refused(stale, 'Fenced', { ours: ctx.fence.epoch, current: next.epoch });
      assert.deepEqual(await numbers(ctx), range(1, 3));
    },
  },
  {
    id: 'X-13',
    title: 'sealing an unknown stream leaves it unwritten: it does not exist, has head 0 and is not listed',
    async run(ctx) {
      const next = await claim(ctx);
      const unwritten = { head: 0, deletedTo: 0, epoch: next.epoch, exists: false };
      assert.deepEqual((await recover(ctx.driver, ctx, stream(ctx), next)).head, unwritten);
      assert.deepEqual(await head(ctx), unwritten);
      assert.deepEqual(await numbers(ctx), []);
      assert.deepEqual(await listed(ctx), []);
      assert.equal((await append(ctx, 0, 1, { fence: next })).lastSequenceNr, 1);
      assert.deepEqual(await listed(ctx), [{ ...stream(ctx), head: 1, deletedTo: 0, epoch: next.epoch, exists: true }]);
    },
  },
];

/** An old owner's append and the new owner's recovery at once: what was acknowledged is recovered, what is not never shows up. */
async function races(ctx: CaseContext, other: Driver): Promise<void> {
  for (const round of range(1, 20)) {
    const key = stream(ctx, `race-${round}`);
    const next = await claim(ctx);
    const old = { ...ctx.fence, epoch: next.epoch - 1 };
    const order = [
      () => ctx.driver.journal.append(request(ctx, 0, [payload('old')], { stream: key, fence: old }), ctx.options),
      () => recover(other, ctx, key, next),
    ];
    if (round % 2 === 0) order.reverse();
    const outcomes = await Promise.allSettled(order.map((start) => start()));
    const [written, recovered] = round % 2 === 0 ? outcomes.toReversed() : outcomes;
    if (recovered?.status !== 'fulfilled') throw recovered?.reason;
    if (written?.status === 'rejected') isRefusal(written.reason, 'Fenced');
    const found = await numbers(ctx, {}, key);
    assert.deepEqual(found, written?.status === 'fulfilled' ? [1] : []);
    assert.equal('head' in recovered.value ? recovered.value.head.head : -1, found.length);
  }
}

async function recover(driver: Driver, ctx: CaseContext, key: StreamKey, fence: Fence) {
  const page = { events: 100, bytes: 100_000 };
  const recovered = await driver.journal.recover({ stream: key, fence, snapshot: true, page }, ctx.options);
  await collect(recovered.pages);
  return recovered;
}

async function listed(ctx: CaseContext) {
  return (await ctx.driver.journal.list({ namespace: ctx.namespace, limit: 10 }, ctx.options)).streams;
}
