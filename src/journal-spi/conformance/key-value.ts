import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PutRequest } from '../key-value.ts';
import type { ConformanceCase } from './case.ts';
import {
  accepted,
  bytes,
  claim,
  deleteRequest,
  get,
  isRefusal,
  key,
  payload,
  payloadOf,
  plain,
  put,
  putRequest,
  range,
  refused,
  remove,
  text,
  token,
} from './fixtures.ts';

/** How long a worker that was overtaken waits at most: twice as long each time. */
const FIRST_PAUSE_MS = 25;
const LAST_PAUSE_MS = 800;

const ABSENT = { condition: { if: 'absent' } } as const;
const EXISTS = { condition: { if: 'exists' } } as const;

export const keyValueCases: readonly ConformanceCase[] = [
  {
    id: 'K-01',
    title: 'an unknown key has no entry',
    async run(ctx) {
      assert.equal(await get(ctx), null);
    },
  },
  {
    id: 'K-02',
    title: 'an entry comes back exactly, with the token and epoch of its write',
    async run(ctx) {
      const values = [
        { manifest: 'type.example/Значение', payload: bytes(300) },
        { manifest: '', payload: new Uint8Array(), meta: new Uint8Array() },
        { manifest: 't', payload: Uint8Array.of(1), meta: bytes(20) },
      ];
      for (const value of values) {
        const before = plain(value);
        const own = token();
        const { rev } = await put(ctx, '', { value, token: own });
        value.payload.fill(0);
        const found = await get(ctx);
        assert.ok(found !== null);
        assert.deepEqual(plain(found), before);
        assert.deepEqual(
          { rev: found.rev, token: found.token, epoch: found.epoch },
          { rev, token: own, epoch: ctx.fence.epoch },
        );
      }
    },
  },
  {
    id: 'K-03',
    title: 'every write changes the revision, also with the same bytes',
    async run(ctx) {
      const first = await put(ctx, 'v');
      const second = await put(ctx, 'v');
      assert.notEqual(first.rev, second.rev);
      assert.deepEqual([first.existed, second.existed], [false, true]);
    },
  },
  {
    id: 'K-04',
    title: 'a deleted entry is gone',
    async run(ctx) {
      await put(ctx, 'v');
      assert.deepEqual(await remove(ctx), { rev: null, duplicate: false, existed: true });
      assert.equal(await get(ctx), null);
    },
  },
  {
    id: 'K-05',
    title: 'deleting what is not there is no error',
    async run(ctx) {
      assert.deepEqual(await remove(ctx), { rev: null, duplicate: false, existed: false });
    },
  },
  {
    id: 'K-06',
    title: 'a put that needs an absent entry is refused when there is one',
    async run(ctx) {
      await put(ctx, 'first', ABSENT);
      await refused(put(ctx, 'second', ABSENT), 'SequenceConflict');
      assert.equal(await text(ctx), 'first');
    },
  },
  {
    id: 'K-07',
    title: 'a put on an old revision is refused',
    async run(ctx) {
      const { rev } = await put(ctx, 'first');
      await put(ctx, 'second', ofRev(rev));
      await refused(put(ctx, 'third', ofRev(rev)), 'SequenceConflict');
      assert.equal(await text(ctx), 'second');
    },
  },
  {
    id: 'K-08',
    title: 'a deletion on an old revision is refused',
    async run(ctx) {
      const { rev } = await put(ctx, 'first');
      await put(ctx, 'second');
      await refused(remove(ctx, ofRev(rev)), 'SequenceConflict');
      assert.equal(await text(ctx), 'second');
    },
  },
  {
    id: 'K-09',
    title: 'a write that needs an entry is refused when there is none',
    async run(ctx) {
      await refused(put(ctx, 'v', EXISTS), 'SequenceConflict');
      await refused(remove(ctx, EXISTS), 'SequenceConflict');
      assert.equal(await get(ctx), null);
      await put(ctx, 'v');
      assert.equal((await put(ctx, 'w', EXISTS)).existed, true);
    },
  },
  {
    id: 'K-10',
    title: '32 workers that count with compare-and-set lose nothing',
    async run(ctx) {
      await put(ctx, '0');
      await Promise.all(
        range(1, 32).map(async () => {
          let pauseMs = FIRST_PAUSE_MS;
          for (let round = 0; round < 10;) {
            const found = await get(ctx);
            assert.ok(found !== null);
            const next = String(Number(Buffer.from(found.payload).toString()) + 1);
            const [outcome] = await ctx.driver.keyValue.putMany([putRequest(ctx, next, ofRev(found.rev))], ctx.options);
            if (outcome instanceof Error) {
              isRefusal(outcome, 'SequenceConflict');
              // Else most of what a slow store does is to refuse, and no time is left for what it accepts.
              await sleep(ctx.random() * pauseMs);
              pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS);
            } else {
              pauseMs = FIRST_PAUSE_MS;
              round += 1;
            }
          }
        }),
      );
      assert.equal(await text(ctx), '320');
    },
  },
  {
    id: 'K-11',
    title: 'the same write once more is a duplicate success, also on a moved revision and after a higher epoch',
    async run(ctx) {
      const { rev } = await put(ctx, 'first');
      const again = putRequest(ctx, 'second', ofRev(rev));
      const written = await ctx.driver.keyValue.put(again, ctx.options);
      const duplicate = await ctx.driver.keyValue.put(again, ctx.options);
      assert.deepEqual([duplicate.duplicate, duplicate.rev], [true, written.rev]);
      await ctx.driver.keyValue.recover(key(ctx), await claim(ctx), ctx.options);
      assert.equal((await ctx.driver.keyValue.put(again, ctx.options)).duplicate, true);
      assert.equal((await get(ctx))?.rev, written.rev);

      const deletion = deleteRequest(ctx, { key: key(ctx, 'k-2') });
      await put(ctx, 'v', { key: key(ctx, 'k-2') });
      await ctx.driver.keyValue.delete(deletion, ctx.options);
      const gone = await ctx.driver.keyValue.delete(deletion, ctx.options);
      assert.deepEqual([gone.duplicate, gone.rev], [true, null]);
    },
  },
  {
    id: 'K-12',
    title: 'a revision never comes back, not even after a deletion',
    async run(ctx) {
      const seen = new Set<string | null>();
      const first = await put(ctx, 'v');
      seen.add(first.rev);
      for (const _ of range(1, 5)) {
        await remove(ctx);
        const { rev } = await put(ctx, 'v');
        assert.ok(!seen.has(rev), `revision ${rev} came back`);
        seen.add(rev);
      }
      await refused(put(ctx, 'w', ofRev(first.rev)), 'SequenceConflict');
    },
  },
  {
    id: 'K-26',
    title: 'values and keys up to their limits are stored, beyond them refused',
    async run(ctx) {
      const { maxValueBytes: limit } = ctx.driver.limits;
      for (const size of [limit - 1, limit]) {
        await put(ctx, '', { value: payloadOf(size) });
        const found = await get(ctx);
        assert.deepEqual(found === null ? null : plain(found), plain(payloadOf(size)));
      }
      await refused(put(ctx, '', { value: payloadOf(limit + 1) }), 'PayloadTooLarge', { limit, size: limit + 1 });
      const longest = 'k'.repeat(1024);
      await put(ctx, 'long', { key: key(ctx, longest) });
      assert.equal(await text(ctx, longest), 'long');
      for (const bad of ['', `${longest}k`, '\udc00']) {
        await refused(put(ctx, 'v', { key: key(ctx, bad) }), 'InvalidRequest');
      }
    },
  },
  {
    id: 'K-27',
    title: 'one key in other collections and namespaces is another entry',
    async run(ctx) {
      const keys = [
        key(ctx, 'k', 'a'),
        key(ctx, 'k', 'b'),
        { ...key(ctx, 'k', 'a'), namespace: `${ctx.namespace}-other` },
      ];
      keys.push(key(ctx, 'bk', 'a'), key(ctx, 'k', 'ab'));
      for (const [n, each] of keys.entries()) await put(ctx, `value ${n}`, { key: each, ...ABSENT });
      for (const [n, each] of keys.entries()) {
        const found = await ctx.driver.keyValue.get(each, ctx.options);
        assert.deepEqual(found === null ? null : plain(found), plain(payload(`value ${n}`)));
      }
    },
  },
  {
    id: 'K-28',
    title: 'after recover no write of an earlier owner is accepted',
    async run(ctx) {
      const next = await claim(ctx);
      await put(ctx, 'v');
      const before = await get(ctx);
      assert.deepEqual(await ctx.driver.keyValue.recover(key(ctx), next, ctx.options), before);
      assert.equal(await ctx.driver.keyValue.recover(key(ctx, 'unknown'), next, ctx.options), null);

      const lost = { ours: ctx.fence.epoch, current: next.epoch };
      for (const name of ['k-1', 'unknown']) {
        await refused(put(ctx, 'stale', { key: key(ctx, name) }), 'Fenced', lost);
        await refused(remove(ctx, { key: key(ctx, name) }), 'Fenced', lost);
        await refused(ctx.driver.keyValue.recover(key(ctx, name), ctx.fence, ctx.options), 'Fenced', lost);
      }
      assert.deepEqual([await text(ctx), await get(ctx, 'unknown')], ['v', null]);
      await put(ctx, 'next', { fence: next });
      await refused(put(ctx, 'stale'), 'Fenced', lost);
      await remove(ctx, { fence: next });
      await refused(put(ctx, 'stale'), 'Fenced', lost);
      assert.equal(await get(ctx), null);
    },
  },
  {
    id: 'K-29',
    title: 'putMany: a refused request changes nothing for the others, outcomes are in their order',
    async run(ctx) {
      await put(ctx, 'old', { key: key(ctx, 'taken') });
      const again = { key: key(ctx, 'c') };
      const outcomes = await ctx.driver.keyValue.putMany(
        [
          putRequest(ctx, 'a', { key: key(ctx, 'a'), ...ABSENT }),
          putRequest(ctx, 'new', { key: key(ctx, 'taken'), ...ABSENT }),
          putRequest(ctx, 'c', { ...again, ...ABSENT }),
          putRequest(ctx, 'c2', { ...again, ...EXISTS }),
          deleteRequest(ctx, { key: key(ctx, 'missing') }),
        ],
        ctx.options,
      );
      assert.equal(outcomes.length, 5);
      isRefusal(outcomes[1], 'SequenceConflict');
      const existed = [0, 2, 3, 4].map((n) => accepted(outcomes[n]).existed);
      assert.deepEqual(existed, [false, false, true, false]);
      assert.deepEqual([await text(ctx, 'a'), await text(ctx, 'taken'), await text(ctx, 'c')], ['a', 'old', 'c2']);
      assert.deepEqual(await ctx.driver.keyValue.putMany([], ctx.options), []);
    },
  },
];

function ofRev(rev: string | null): Pick<PutRequest, 'condition'> {
  return { condition: { if: 'rev', rev: rev ?? assert.fail('a put returned no revision') } };
}
