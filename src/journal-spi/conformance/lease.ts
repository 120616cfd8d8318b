import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '../errors.ts';
import type { Capabilities } from '../driver.ts';
import type { StoreLease } from '../fences.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import { append, claim, isRefusal, range, refused } from './fixtures.ts';

const LONG_MS = 20_000;
const SHORT_MS = 2000;
/** Some stores count whole seconds. */
const FREE_WITHIN_MS = SHORT_MS + 3000;

const withLease = {
  requires: (capabilities: Capabilities) => capabilities.exclusive === 'lease',
  async absence(ctx: CaseContext) {
    assert.equal(ctx.driver.lease, undefined, 'there is a lease that is not declared');
  },
};

export const leaseCases: readonly ConformanceCase[] = [
  {
    id: 'X-20',
    title: 'acquiring a lease is a claim: the epoch rises every time, for its own holder too',
    ...withLease,
    async run(ctx) {
      let last = ctx.fence.epoch;
      for (const owner of ['a', 'a', 'a']) {
        const { epoch } = await acquire(ctx, owner);
        assert.ok(epoch > last, `epoch ${epoch} after ${last}`);
        assert.deepEqual(await ctx.driver.fences.current(ctx.namespace, 'all', ctx.options), { epoch, owner });
        last = epoch;
      }
      await lease(ctx).release(ctx.namespace, 'all', last, ctx.options);
      const next = await acquire(ctx, 'b');
      assert.ok(next.epoch > last);
      assert.ok(
        (await claim({ ...ctx, fence: { scope: 'other', epoch: 0 } })).epoch > next.epoch,
        'one counter for all',
      );
      await append(ctx, 0, 1, { fence: { scope: 'all', epoch: next.epoch } });
    },
  },
  {
    id: 'X-21',
    title: 'while a lease lasts no other owner gets it: StoreUnavailable names its holder and when to come back',
    ...withLease,
    async run(ctx) {
      const other = await ctx.open();
      const { epoch } = await acquire(ctx, 'holder-7');
      for (const driver of [other, ctx.driver]) {
        const error = await acquire({ ...ctx, driver }, 'b').catch((reason: unknown) => reason);
        isRefusal(error, 'StoreUnavailable');
        const { message, details } = isStoreError(error) ? error : assert.fail('unreachable');
        assert.match(message, /holder-7/);
        const { retryAfterMs = 0 } = details;
        assert.ok(retryAfterMs > 0 && retryAfterMs <= LONG_MS, `retryAfterMs ${retryAfterMs} of a lease of ${LONG_MS}`);
      }
      assert.equal((await ctx.driver.fences.current(ctx.namespace, 'all', ctx.options))?.epoch, epoch);
      await lease({ driver: other }).acquire(ctx.namespace, 'shard-1', 'b', LONG_MS, ctx.options);
      await lease({ driver: other }).acquire(`${ctx.namespace}-other`, 'all', 'b', LONG_MS, ctx.options);
    },
  },
  {
    id: 'X-22',
    title: 'a lease that is not renewed is free when its time is over, and not before',
    ...withLease,
    async run(ctx) {
      const started = performance.now();
      const first = await acquire(ctx, 'a', SHORT_MS);
      const next = await acquireWhenFree(ctx, 'b');
      const waitedMs = performance.now() - started;
      assert.ok(waitedMs >= SHORT_MS - 50, `it was free after ${waitedMs} ms`);
      assert.ok(next.epoch > first.epoch);
    },
  },
  {
    id: 'X-23',
    title: 'a lease that is renewed lasts',
    ...withLease,
    async run(ctx) {
      const other = await ctx.open();
      const { epoch } = await acquire(ctx, 'a', SHORT_MS);
      const until = performance.now() + 2 * SHORT_MS;
      while (performance.now() < until) {
        await sleep(SHORT_MS / 4);
        await lease(ctx).renew(ctx.namespace, 'all', epoch, SHORT_MS, ctx.options);
        await refused(acquire({ ...ctx, driver: other }, 'b'), 'StoreUnavailable');
      }
      assert.equal((await ctx.driver.fences.current(ctx.namespace, 'all', ctx.options))?.epoch, epoch);
    },
  },
  {
    id: 'X-24',
    title: 'after another owner has taken over, renew is Fenced and release changes nothing',
    ...withLease,
    async run(ctx) {
      const other = await ctx.open();
      const first = await acquire(ctx, 'a', SHORT_MS);
      const next = await acquireWhenFree({ ...ctx, driver: other }, 'b');
      const lost = lease(ctx).renew(ctx.namespace, 'all', first.epoch, LONG_MS, ctx.options);
      await refused(lost, 'Fenced', { ours: first.epoch, current: next.epoch });
      await lease(ctx).release(ctx.namespace, 'all', first.epoch, ctx.options);
      await refused(acquire(ctx, 'c'), 'StoreUnavailable');
      await lease({ driver: other }).renew(ctx.namespace, 'all', next.epoch, LONG_MS, ctx.options);
    },
  },
  {
    id: 'X-25',
    title: 'a release frees the lease at once, and leaves the epoch',
    ...withLease,
    async run(ctx) {
      const { epoch } = await acquire(ctx, 'a');
      await lease(ctx).release(ctx.namespace, 'all', epoch, ctx.options);
      await lease(ctx).release(ctx.namespace, 'all', epoch, ctx.options);
      assert.equal((await ctx.driver.fences.current(ctx.namespace, 'all', ctx.options))?.epoch, epoch);
      assert.ok((await acquire({ ...ctx, driver: await ctx.open() }, 'b')).epoch > epoch);
    },
  },
  {
    id: 'X-26',
    title: 'of many who want a free lease at once, one gets it',
    ...withLease,
    async run(ctx) {
      const other = await ctx.open();
      const outcomes = await Promise.allSettled(
        range(1, 8).map((n) => acquire({ ...ctx, driver: n % 2 === 0 ? ctx.driver : other }, `owner-${n}`)),
      );
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') isRefusal(outcome.reason, 'StoreUnavailable');
      }
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    },
  },
  {
    id: 'X-27',
    title: 'a claim of the scope ends a lease: its holder learns it from renew, and others need not wait for its time',
    ...withLease,
    async run(ctx) {
      const { epoch } = await acquire(ctx, 'a');
      const next = await claim(ctx);
      const lost = lease(ctx).renew(ctx.namespace, 'all', epoch, LONG_MS, ctx.options);
      await refused(lost, 'Fenced', { ours: epoch, current: next.epoch });
      assert.ok((await acquire({ ...ctx, driver: await ctx.open() }, 'b')).epoch > next.epoch);
    },
  },
  {
    id: 'X-28',
    title: 'a lease that is over and that nobody took can still be renewed',
    ...withLease,
    async run(ctx) {
      const { epoch } = await acquire(ctx, 'a', SHORT_MS);
      await sleep(FREE_WITHIN_MS);
      await lease(ctx).renew(ctx.namespace, 'all', epoch, LONG_MS, ctx.options);
      await refused(acquire(ctx, 'b'), 'StoreUnavailable');
    },
  },
];

function lease({ driver }: Pick<CaseContext, 'driver'>): StoreLease {
  return driver.lease ?? assert.fail('it declares a lease and has none');
}

function acquire(ctx: CaseContext, owner: string, leaseMs = LONG_MS): Promise<{ readonly epoch: number }> {
  return lease(ctx).acquire(ctx.namespace, 'all', owner, leaseMs, ctx.options);
}

async function acquireWhenFree(ctx: CaseContext, owner: string): Promise<{ readonly epoch: number }> {
  const until = performance.now() + FREE_WITHIN_MS;
  for (;;) {
    try {
      return await acquire(ctx, owner);
    } catch (error) {
      isRefusal(error, 'StoreUnavailable');
      assert.ok(performance.now() < until, 'the lease is not free long after its time');
      await sleep(50);
    }
  }
}
