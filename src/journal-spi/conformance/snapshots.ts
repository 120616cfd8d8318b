import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Payload } from '../stream.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import { append, bytes, claim, fill, payload, payloadOf, plain, range, refused, stream } from './fixtures.ts';

export const snapshotCases: readonly ConformanceCase[] = [
  {
    id: 'S-01',
    title: 'an unknown stream has no snapshot',
    async run(ctx) {
      assert.equal(await load(ctx), null);
    },
  },
  {
    id: 'S-02',
    title: 'load gives the newest snapshot',
    async run(ctx) {
      await five(ctx);
      assert.deepEqual(await load(ctx), { sequenceNr: 15, ...plain(payload('state 15')) });
    },
  },
  {
    id: 'S-03',
    title: 'load gives the newest snapshot up to a sequence number',
    async run(ctx) {
      await five(ctx);
      assert.equal((await load(ctx, 13))?.sequenceNr, 13);
      assert.equal(await load(ctx, 10), null);
    },
  },
  {
    id: 'S-08',
    title: 'delete removes the snapshots up to a sequence number and counts them',
    async run(ctx) {
      await five(ctx);
      assert.equal(await remove(ctx, 12), 2);
      assert.equal(await load(ctx, 12), null);
      assert.equal((await load(ctx, 13))?.sequenceNr, 13);
      assert.equal(await remove(ctx), 3);
      assert.equal(await load(ctx), null);
    },
  },
  {
    id: 'S-09',
    title: 'a deletion that matches nothing removes nothing',
    async run(ctx) {
      await five(ctx);
      assert.equal(await remove(ctx, 10), 0);
      assert.equal((await load(ctx, 11))?.sequenceNr, 11);
    },
  },
  {
    id: 'S-10',
    title: 'a deletion in an unknown stream removes nothing',
    async run(ctx) {
      assert.equal(await remove(ctx), 0);
    },
  },
  {
    id: 'S-11',
    title: 'a snapshot of the same sequence number replaces the earlier one',
    async run(ctx) {
      await five(ctx);
      await save(ctx, 15, payload('second'));
      assert.deepEqual(await load(ctx), { sequenceNr: 15, ...plain(payload('second')) });
      assert.equal(await remove(ctx), 5);
    },
  },
  {
    id: 'S-12',
    title: 'save keeps as many of the newest as it is told',
    async run(ctx) {
      await fill(ctx, 10);
      for (const n of range(1, 10)) await save(ctx, n, payload(`state ${n}`), 2);
      assert.equal(await load(ctx, 8), null);
      assert.equal((await load(ctx, 9))?.sequenceNr, 9);
      assert.equal(await remove(ctx), 2);
    },
  },
  {
    id: 'S-14',
    title: 'snapshots of every size up to the limit are stored, one byte more is PayloadTooLarge',
    async run(ctx) {
      const { maxSnapshotBytes: limit } = ctx.driver.limits;
      await append(ctx, 0, 1);
      for (const size of [1, 10_240, 65_535, 65_537, 1_048_576, limit].filter((each) => each <= limit)) {
        await save(ctx, 1, payloadOf(size));
        assert.deepEqual(await load(ctx), { sequenceNr: 1, ...plain(payloadOf(size)) });
      }
      await refused(save(ctx, 1, payloadOf(limit + 1)), 'PayloadTooLarge', { limit, size: limit + 1 });
      assert.deepEqual(await load(ctx), { sequenceNr: 1, ...plain(payloadOf(limit)) });
      for (const n of [0, -1, 0.5]) await refused(save(ctx, n, payload('state')), 'InvalidRequest');
    },
  },
  {
    id: 'S-15',
    title: 'large and small snapshots that replace each other never mix',
    async run(ctx) {
      await append(ctx, 0, 1);
      const large = Math.min(1_500_000, ctx.driver.limits.maxSnapshotBytes - 100);
      for (const size of [large, 10, large - 1, 0, large]) {
        const state = { manifest: `of ${size}`, payload: bytes(size) };
        await save(ctx, 1, state);
        assert.deepEqual(await load(ctx), { sequenceNr: 1, ...plain(state) });
      }
    },
  },
  {
    id: 'S-17',
    title: 'a load during saves gives one whole version',
    async run(ctx) {
      await fill(ctx, 40);
      const versions = range(1, 40).map((n) => ({ manifest: `of ${n}`, payload: bytes(50_000 + n) }));
      const whole = new Set(versions.map((version) => JSON.stringify(plain(version))));
      const saves = (async () => {
        for (const [n, version] of versions.entries()) await save(ctx, n + 1, version, 1);
        return 'saved' as const;
      })();
      for (let next; next !== 'saved'; next = await Promise.race([saves, sleep(1)])) {
        const found = await ctx.driver.snapshots.load(stream(ctx), {}, ctx.options);
        assert.ok(found === null || whole.has(JSON.stringify(plain(found))), 'a mixed snapshot');
      }
      await saves;
    },
  },
  {
    id: 'S-18',
    title: 'an older snapshot that is saved late never becomes the newest',
    async run(ctx) {
      await five(ctx);
      await save(ctx, 12, payload('late'));
      assert.equal((await load(ctx))?.sequenceNr, 15);
      await save(ctx, 12, payload('late'), 1);
      assert.equal((await load(ctx))?.sequenceNr, 15);
      assert.equal(await remove(ctx), 1);
    },
  },
  {
    id: 'S-20',
    title: 'snapshots come back exactly, each for its own stream and namespace',
    async run(ctx) {
      const keys = [
        stream(ctx, 'я|🛒'),
        stream(ctx, '|🛒', 'я'),
        { ...stream(ctx, 'я|🛒'), namespace: `${ctx.namespace}-other` },
      ];
      const states = [
        { manifest: 'type.example/Состояние', payload: bytes(300), meta: new Uint8Array() },
        { manifest: '', payload: new Uint8Array(), meta: bytes(20) },
        payload('state'),
      ];
      const before = states.map(plain);
      for (const [n, key] of keys.entries()) {
        await append(ctx, 0, 1, { stream: key });
        for (const state of states.slice(n, n + 1)) {
          await ctx.driver.snapshots.save(key, { ...state, sequenceNr: 1 }, ctx.fence, ctx.options);
          state.payload.fill(0);
        }
      }
      for (const [n, key] of keys.entries()) {
        const found = await ctx.driver.snapshots.load(key, {}, ctx.options);
        assert.deepEqual(found === null ? null : plain(found), before[n]);
      }
    },
  },
  {
    id: 'S-21',
    title: 'an earlier owner saves no snapshot',
    async run(ctx) {
      await five(ctx);
      const next = await claim(ctx);
      const page = { events: 10, bytes: 100_000 };
      await ctx.driver.journal.recover({ stream: stream(ctx), fence: next, snapshot: true, page }, ctx.options);
      await refused(save(ctx, 15, payload('stale')), 'Fenced', { ours: ctx.fence.epoch, current: next.epoch });
      assert.deepEqual(await load(ctx), { sequenceNr: 15, ...plain(payload('state 15')) });
    },
  },
];

/** Fifteen events, and a snapshot at each of the last five. */
async function five(ctx: CaseContext): Promise<void> {
  await append(ctx, 0, 15);
  for (const n of range(11, 15)) await save(ctx, n, payload(`state ${n}`));
}

function save(ctx: CaseContext, sequenceNr: number, state: Payload, keep?: number): Promise<void> {
  const options = keep === undefined ? ctx.options : { ...ctx.options, keep };
  return ctx.driver.snapshots.save(stream(ctx), { ...state, sequenceNr }, ctx.fence, options);
}

async function load(ctx: CaseContext, maxSequenceNr?: number) {
  const query = maxSequenceNr === undefined ? {} : { maxSequenceNr };
  const found = await ctx.driver.snapshots.load(stream(ctx), query, ctx.options);
  return found === null ? null : { sequenceNr: found.sequenceNr, ...plain(found) };
}

function remove(ctx: CaseContext, maxSequenceNr?: number): Promise<number> {
  return ctx.driver.snapshots.delete(stream(ctx), maxSequenceNr === undefined ? {} : { maxSequenceNr }, ctx.options);
}
