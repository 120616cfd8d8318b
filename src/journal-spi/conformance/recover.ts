import assert from 'node:assert/strict';
import type { PageSize } from '../journal.ts';
import type { StreamKey } from '../stream.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import {
  accepted,
  append,
  claim,
  collect,
  fill,
  isRefusal,
  payload,
  plain,
  range,
  refused,
  stream,
} from './fixtures.ts';

const PAGE: PageSize = { events: 3, bytes: 1_000_000 };

export const recoverCases: readonly ConformanceCase[] = [
  {
    id: 'JR-28',
    title: 'recover gives what head, snapshot and read give one by one',
    async run(ctx) {
      const state = payload('state at 3');
      await append(ctx, 0, 8);
      assert.deepEqual(await recovered(ctx), { head: 8, deletedTo: 0, snapshot: undefined, events: range(1, 8) });

      await ctx.driver.snapshots.save(stream(ctx), { ...state, sequenceNr: 3 }, ctx.fence, ctx.options);
      const snapshot = { sequenceNr: 3, ...plain(state) };
      assert.deepEqual(await recovered(ctx), { head: 8, deletedTo: 0, snapshot, events: range(4, 8) });
      const without = await recovered(ctx, { snapshot: false });
      assert.deepEqual(without, { head: 8, deletedTo: 0, snapshot: undefined, events: range(1, 8) });

      await ctx.driver.journal.deleteTo(stream(ctx), 2, ctx.fence, ctx.options);
      assert.deepEqual(await recovered(ctx), { head: 8, deletedTo: 2, snapshot, events: range(4, 8) });
      const shortened = await recovered(ctx, { snapshot: false });
      assert.deepEqual(shortened, { head: 8, deletedTo: 2, snapshot: undefined, events: range(3, 8) });

      await ctx.driver.snapshots.save(stream(ctx), { ...state, sequenceNr: 8 }, ctx.fence, ctx.options);
      assert.deepEqual((await recovered(ctx)).events, []);
    },
  },
  {
    id: 'JR-29',
    title: 'recover gives the same whatever the size of its page',
    async run(ctx) {
      await fill(ctx, 300);
      for (const events of [1, 299, 300, 301, 10_000]) {
        const page = { events, bytes: PAGE.bytes };
        assert.deepEqual((await recovered(ctx, { page })).events, range(1, 300));
      }
    },
  },
  {
    id: 'JR-32',
    title: 'recover sees nothing that is appended after it returned',
    async run(ctx) {
      await append(ctx, 0, 5);
      const request = { stream: stream(ctx), fence: ctx.fence, snapshot: true, page: PAGE };
      const { pages } = await ctx.driver.journal.recover(request, ctx.options);
      await append(ctx, 5, 5);
      const found = (await collect(pages)).flatMap(({ events }) => events.map(({ sequenceNr }) => sequenceNr));
      assert.deepEqual(found, range(1, 5));
    },
  },
  {
    id: 'JR-33',
    title: 'recover starts after a given event, whose snapshot is kept elsewhere, and never behind the head',
    async run(ctx) {
      await append(ctx, 0, 8);
      await ctx.driver.snapshots.save(stream(ctx), { ...payload('state'), sequenceNr: 6 }, ctx.fence, ctx.options);
      for (const [after, first] of [
        [0, 1],
        [3, 4],
        [8, 9],
      ] as const) {
        const found = await recovered(ctx, { snapshot: false, after });
        assert.deepEqual(found, { head: 8, deletedTo: 0, snapshot: undefined, events: range(first, 8) });
      }
      await ctx.driver.journal.deleteTo(stream(ctx), 5, ctx.fence, ctx.options);
      assert.deepEqual((await recovered(ctx, { snapshot: false, after: 3 })).events, range(6, 8));
      await refused(recovered(ctx, { snapshot: false, after: 9 }), 'IntegrityError');
      for (const after of [-1, 0.5]) await refused(recovered(ctx, { snapshot: false, after }), 'InvalidRequest');
      await refused(recovered(ctx, { snapshot: true, after: 3 }), 'InvalidRequest');
    },
  },
  {
    id: 'JR-34',
    title: 'a recovery and a read go on behind events that are deleted meanwhile',
    async run(ctx) {
      await fill(ctx, 100);
      const page = { events: 10, bytes: PAGE.bytes };
      const request = { stream: stream(ctx), fence: ctx.fence, snapshot: false, page };
      const { pages } = await ctx.driver.journal.recover(request, ctx.options);
      const both = [pages, ctx.driver.journal.read(stream(ctx), { page }, ctx.options)];
      const seen: number[][] = [[], []];
      const readers = both.map((each) => each[Symbol.asyncIterator]());
      for (const [n, reader] of readers.entries()) {
        const first = await reader.next();
        if (!first.done) seen[n]?.push(...first.value.events.map(({ sequenceNr }) => sequenceNr));
      }
      await ctx.driver.journal.deleteTo(stream(ctx), 75, ctx.fence, ctx.options);
      for (const [n, reader] of readers.entries()) {
        const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => reader });
        seen[n]?.push(...rest.flatMap(({ events }) => events.map(({ sequenceNr }) => sequenceNr)));
        assert.deepEqual(
          rest.map(({ last }) => last),
          rest.map((_, i) => i === rest.length - 1),
        );
      }
      for (const numbers of seen) {
        // What was read ahead may still come.
        const kept = numbers.indexOf(76);
        assert.deepEqual(numbers.slice(kept), range(76, 100));
        assert.deepEqual(numbers.slice(0, kept), range(1, kept));
      }
    },
  },
  {
    id: 'X-14',
    title: 'recoverMany: a refused request changes nothing for the others, outcomes are in their order',
    async run(ctx) {
      const size = Math.min(8, ctx.driver.tuning.groupMax);
      const lost = Math.floor(size / 2);
      const keys = range(0, size - 1).map((n) => stream(ctx, `e-${n}`));
      for (const [n, key] of keys.entries()) await append(ctx, 0, n + 1, { stream: key });
      const next = await claim(ctx);
      const seal = { fence: next, snapshot: true, page: PAGE };
      await ctx.driver.journal.recover({ ...seal, stream: stream(ctx, `e-${lost}`) }, ctx.options);

      const requests = keys.map((key) => ({ ...seal, fence: ctx.fence, stream: key }));
      const outcomes = await ctx.driver.journal.recoverMany(requests, ctx.options);
      assert.equal(outcomes.length, size);
      for (const [n, outcome] of outcomes.entries()) {
        if (n === lost) {
          isRefusal(outcome, 'Fenced', { ours: ctx.fence.epoch, current: next.epoch });
        } else {
          const { head, pages } = accepted(outcome);
          const events = (await collect(pages)).flatMap((page) => page.events);
          assert.deepEqual({ head: head.head, events: events.length }, { head: n + 1, events: n + 1 });
        }
      }
    },
  },
];

async function recovered(
  ctx: CaseContext,
  {
    snapshot: wanted = true,
    page = PAGE,
    key = stream(ctx),
    after,
  }: { snapshot?: boolean; page?: PageSize; key?: StreamKey; after?: number } = {},
) {
  const request = { stream: key, fence: ctx.fence, snapshot: wanted, page, ...(after === undefined ? {} : { after }) };
  const { head, snapshot, pages } = await ctx.driver.journal.recover(request, ctx.options);
  const events = (await collect(pages)).flatMap((each) => each.events.map(({ sequenceNr }) => sequenceNr));
  const state = snapshot === undefined ? undefined : { sequenceNr: snapshot.sequenceNr, ...plain(snapshot) };
  return { head: head.head, deletedTo: head.deletedTo, snapshot: state, events };
}
