import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseContext, ConformanceCase } from './case.ts';
import { feedOf, now, pages, readFeed, sequence, tail, withFeed } from './feed-fixtures.ts';
import { append, isRefusal, payloadOf, range, request, stream } from './fixtures.ts';

const WRITERS = 16;
const APPENDS = 20;
/** Longest pause of a writer between two appends. */
const PAUSE_MS = 20;

export const liveFeedCases: readonly ConformanceCase[] = [
  {
    id: 'F-04',
    title: 'a live feed gives what is there and goes on with what is appended, by this process or another',
    ...withFeed,
    async run(ctx) {
      const other = await ctx.open();
      await append(ctx, 0, 2);
      const live = tail(ctx);
      await live.until(2);
      await append(ctx, 2, 2);
      await live.until(4);
      await other.journal.append(request(ctx, 4, 1), ctx.options);
      await live.until(5);
      await append(ctx, 0, 1, { stream: stream(ctx, 'e-2') });
      await live.until(6);
      await live.stop();
      assert.deepEqual(live.events.map(sequence), [...range(1, 5).map((n) => `cart/e-1/${n}`), 'cart/e-2/1']);
    },
  },
  {
    id: 'F-08',
    title: 'an append that takes long is not lost to a reader who has passed those that began after it',
    ...withFeed,
    async run(ctx) {
      const { maxBatchBytes, maxBatchEvents, maxEventBytes } = ctx.driver.limits;
      const each = Math.min(64 * 1024, maxEventBytes);
      const count = Math.min(64, maxBatchEvents, Math.floor(maxBatchBytes / each));
      const other = await ctx.open();
      const seen = new Set<string>();
      let after: string | undefined = await now(ctx);
      for (const round of range(1, 5)) {
        const slow = stream(ctx, `slow-${round}`);
        const large = Array.from({ length: count }, () => payloadOf(each));
        let busy = true;
        const stalled = other.journal.append(request(ctx, 0, large, { stream: slow }), ctx.options);
        const over = stalled.finally(() => (busy = false));
        for (let n = 1; busy; n += 1) {
          await append(ctx, 0, 1, { stream: stream(ctx, `fast-${round}-${n}`) });
          after = await follow(ctx, after, seen);
        }
        await over;
        after = await follow(ctx, after, seen);
      }
      await sameAsFromStart(ctx, seen);
      assert.equal([...seen].filter((name) => name.startsWith('cart/slow-')).length, 5 * count);
    },
  },
  {
    id: 'F-09',
    title: 'many writers at once: readers who follow them miss nothing',
    ...withFeed,
    async run(ctx) {
      const other = await ctx.open();
      const live = tail(ctx, { pageEvents: 13 });
      const seen = new Set<string>();
      let after: string | undefined;
      let writing = true;
      const storm = Promise.all(
        range(1, WRITERS).map(async (writer) => {
          const { journal } = writer % 2 === 0 ? ctx.driver : other;
          for (const expected of range(0, APPENDS - 1)) {
            await sleep(ctx.random() * PAUSE_MS);
            await journal.append(request(ctx, expected, 1, { stream: stream(ctx, `w-${writer}`) }), ctx.options);
          }
        }),
      ).finally(() => (writing = false));
      const watching = (async () => {
        while (writing) {
          after = await follow(ctx, after, seen);
          await sleep(PAUSE_MS / 4);
        }
        after = await follow(ctx, after, seen);
      })();
      await Promise.all([storm, watching]);
      await sameAsFromStart(ctx, seen);
      await live.until(WRITERS * APPENDS);
      await live.stop();
      await sameAsFromStart(ctx, new Set(live.events.map(sequence)));
      for (const writer of range(1, WRITERS)) {
        const own = live.events.filter((event) => event.stream.entityId === `w-${writer}`);
        const numbers = [...new Set(own.map((event) => event.sequenceNr))];
        assert.deepEqual(numbers, range(1, APPENDS), `the order of writer ${writer}`);
      }
    },
  },
  {
    id: 'F-14',
    title: 'a reader that dies and begins again after its last checkpoint loses nothing',
    ...withFeed,
    async run(ctx) {
      const seen = new Set<string>();
      let after: string | undefined;
      let expected = 0;
      for (const round of range(1, 10)) {
        await append(ctx, expected, 5);
        expected += 5;
        const reader = await ctx.open();
        const at = after === undefined ? {} : { after };
        // It dies with its second page in hand, so that only the first one counts as done.
        const [done] = await pages({ ...ctx, driver: reader }, { pageEvents: 2, ...at }, round % 2 === 0 ? 2 : 1);
        for (const event of done?.events ?? []) seen.add(sequence(event));
        after = done?.checkpoint ?? after;
        await reader.close();
      }
      await follow(ctx, after, seen);
      await sameAsFromStart(ctx, seen);
    },
  },
  {
    id: 'F-16',
    title: 'a live feed that waits ends as Cancelled within a second of its abort, and gives everything back',
    ...withFeed,
    async run(ctx) {
      const after = await now(ctx);
      for (const round of range(1, 5)) {
        const idle = range(1, 3).map(() => tail(ctx, { after }));
        await sleep(50);
        const aborted = performance.now();
        for (const error of await Promise.all(idle.map((live) => live.stop()))) isRefusal(error, 'Cancelled');
        assert.ok(performance.now() - aborted < 1000, 'it took more than a second');
        await append(ctx, round - 1);
      }
      assert.equal((await readFeed(ctx)).length, 5);
    },
  },
  {
    id: 'F-17',
    title: 'all readers see the events of all streams in one order',
    requires: ({ feed }) => feed !== false && feed.order === 'total',
    async run(ctx) {
      const live = tail(ctx, { pageEvents: 5 });
      await Promise.all(
        range(1, 8).map(async (writer) => {
          for (const expected of range(0, 9)) {
            await append(ctx, expected, 1, { stream: stream(ctx, `w-${writer}`) });
          }
        }),
      );
      await live.until(80);
      await live.stop();
      const inOneGo = (await readFeed(ctx)).map(sequence);
      assert.deepEqual([...new Set(live.events.map(sequence))], inOneGo);
      const other = await ctx.open();
      assert.deepEqual((await readFeed({ ...ctx, driver: other }, { pageEvents: 7 })).map(sequence), inOneGo);
    },
    async absence(ctx) {
      if (ctx.driver.capabilities.feed === false) await withFeed.absence(ctx);
      // Without one order over all streams there is still one in each: F-01 and F-09 show it.
    },
  },
  {
    id: 'F-22',
    title:
      'what is appended while a page of a live feed is being worked on comes next, without anything else having to happen',
    ...withFeed,
    async run(ctx) {
      await append(ctx, 0);
      const delivered: string[] = [];
      for await (const { events } of feedOf(ctx).read({ namespace: ctx.namespace, live: true }, ctx.options)) {
        delivered.push(...events.map(sequence));
        if (delivered.length === 3) break;
        if (events.length > 0) await append(ctx, delivered.length);
      }
      assert.deepEqual(
        delivered,
        range(1, 3).map((n) => `cart/e-1/${n}`),
      );
    },
  },
];

/** Reads on after an offset, to the end of what is there, and returns where that was. */
async function follow(ctx: CaseContext, after: string | undefined, seen: Set<string>): Promise<string | undefined> {
  const found = await pages(ctx, { pageEvents: 10, ...(after === undefined ? {} : { after }) });
  for (const event of found.flatMap(({ events }) => events)) seen.add(sequence(event));
  return found.at(-1)?.checkpoint ?? after;
}

async function sameAsFromStart(ctx: CaseContext, seen: ReadonlySet<string>): Promise<void> {
  const all = (await readFeed(ctx)).map(sequence);
  assert.deepEqual(
    all.filter((name) => !seen.has(name)),
    [],
    'events that a reader who follows did not see',
  );
  assert.deepEqual([...seen].toSorted(), [...new Set(all)].toSorted());
}
