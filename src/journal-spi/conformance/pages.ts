import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceCase } from './case.ts';
import { append, bytes, collect, fill, numbers, range, refused, stream } from './fixtures.ts';
import { memoryInUse } from './memory.ts';

const MIB = 1024 * 1024;
const LARGE = 1024 * MIB;

export const pageCases: readonly ConformanceCase[] = [
  {
    id: 'JR-15',
    title: 'no page holds more events than asked for, and none is lost between pages',
    async run(ctx) {
      await fill(ctx, 1000);
      for (const size of [7, 100]) {
        const page = { events: size, bytes: LARGE };
        const pages = await collect(ctx.driver.journal.read(stream(ctx), { page }, ctx.options));
        assert.ok(pages.every(({ events }) => events.length >= 1 && events.length <= size));
        assert.deepEqual(
          pages.flatMap(({ events }) => events.map(({ sequenceNr }) => sequenceNr)),
          range(1, 1000),
        );
      }
    },
  },
  {
    id: 'JR-16',
    title: 'no page holds more bytes than asked for, unless it is a single event',
    async run(ctx) {
      const each = Math.min(100 * 1024, ctx.driver.limits.maxEventBytes - 1);
      for (const n of range(0, 9)) {
        await append(
          ctx,
          2 * n,
          [1, 2].map(() => ({ manifest: 't', payload: bytes(each) })),
        );
      }
      for (const limit of [2.6 * each, 1024]) {
        const page = { events: 1000, bytes: Math.floor(limit) };
        const pages = await collect(ctx.driver.journal.read(stream(ctx), { page }, ctx.options));
        for (const { events } of pages) {
          const size = events.reduce((sum, { payload }) => sum + payload.byteLength, 0);
          assert.ok(size <= limit || events.length === 1, `a page of ${size} bytes, the bound is ${limit}`);
        }
        assert.deepEqual(
          pages.flatMap(({ events }) => events.map(({ sequenceNr }) => sequenceNr)),
          range(1, 20),
        );
      }
    },
  },
  {
    id: 'JR-17',
    title: 'a read asks the store for nothing until it is iterated',
    async run(ctx) {
      const pages = ctx.driver.journal.read(stream(ctx), {}, ctx.options);
      await append(ctx, 0, 5);
      assert.deepEqual((await collect(pages)).flatMap(({ events }) => events).length, 5);
    },
  },
  {
    id: 'JR-18',
    title: 'a reader that stops early gives everything back',
    async run(ctx) {
      await fill(ctx, 10_000);
      // More often than any pool has connections: one that is kept by each would be missed.
      for (let round = 0; round < 100; round += 1) {
        const query = { page: { events: 10, bytes: LARGE } };
        for await (const page of ctx.driver.journal.read(stream(ctx), query, ctx.options)) {
          assert.equal(page.events.length, 10);
          break;
        }
      }
      await append(ctx, 10_000);
      assert.deepEqual(await numbers(ctx, { from: 9_991 }), range(9_991, 10_001));
    },
  },
  {
    id: 'JR-19',
    title: 'a slow reader holds up no writer',
    async run(ctx) {
      await fill(ctx, 10_000);
      const other = await ctx.open();
      const seen: number[] = [];
      const query = { page: { events: 1000, bytes: LARGE } };
      let expected = 10_000;
      for await (const page of other.journal.read(stream(ctx), query, ctx.options)) {
        seen.push(...page.events.map(({ sequenceNr }) => sequenceNr));
        await sleep(50);
        expected = (await append(ctx, expected)).lastSequenceNr;
      }
      assert.deepEqual(seen.slice(0, 10_000), range(1, 10_000));
      assert.ok(seen.length <= expected);
    },
  },
  {
    id: 'JR-20',
    title: 'an aborted reader stops with Cancelled',
    async run(ctx) {
      await fill(ctx, 1000);
      const abort = new AbortController();
      const query = { page: { events: 10, bytes: LARGE } };
      const pages = ctx.driver.journal.read(stream(ctx), query, { signal: abort.signal })[Symbol.asyncIterator]();
      await pages.next();
      await pages.next();
      abort.abort();
      const aborted = performance.now();
      const rest = (async () => {
        // A page that was fetched ahead may still come.
        for (const _ of range(1, 3)) await pages.next();
      })();
      await refused(rest, 'Cancelled');
      assert.ok(performance.now() - aborted < 1000, 'it took more than a second');
      await append(ctx, 1000);
    },
  },
  {
    id: 'JR-21',
    title: 'a read during appends gives a prefix of the log',
    async run(ctx) {
      await fill(ctx, 1000);
      const seen: number[] = [];
      let expected = 1000;
      const query = { page: { events: 100, bytes: LARGE } };
      for await (const page of ctx.driver.journal.read(stream(ctx), query, ctx.options)) {
        seen.push(...page.events.map(({ sequenceNr }) => sequenceNr));
        if (expected < 1010) expected = (await append(ctx, expected)).lastSequenceNr;
      }
      assert.deepEqual(seen, range(1, Math.max(1000, seen.length)));
      assert.ok(seen.length <= expected);
    },
  },
  {
    id: 'JR-23',
    title: 'a stream of 200 000 events is read in bounded pages without a gap',
    async run(ctx) {
      await fill(ctx, 200_000);
      let next = 1;
      const query = { page: { events: 1000, bytes: 64 * 1024 } };
      for await (const page of ctx.driver.journal.read(stream(ctx), query, ctx.options)) {
        assert.ok(page.events.length <= 1000, 'a page is too long');
        for (const event of page.events) {
          assert.equal(event.sequenceNr, next);
          next += 1;
        }
      }
      assert.equal(next, 200_001);
    },
  },
  {
    id: 'JA-34',
    title: 'a stream of many bytes is read page by page, and never held whole',
    async run(ctx) {
      const page = { events: 1000, bytes: 4 * MIB };
      const body = bytes(Math.min(MIB, ctx.driver.limits.maxEventBytes - 1));
      for (const expected of range(0, 47)) await append(ctx, expected, [{ manifest: 't', payload: body }]);
      const before = memoryInUse();
      let most = 0;
      let read = 0;
      for await (const { events } of ctx.driver.journal.read(stream(ctx), { page }, ctx.options)) {
        read += events.length;
        most = Math.max(most, memoryInUse() - before);
      }
      assert.equal(read, 48);
      // The page, the one that was fetched beyond it, and room for a client library.
      assert.ok(most < 3 * page.bytes, `it held ${Math.round(most / MIB)} MiB, a page is ${page.bytes / MIB} MiB`);
    },
  },
];
