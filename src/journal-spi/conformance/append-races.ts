import assert from 'node:assert/strict';
import { isStoreError } from '../errors.ts';
import type { ConformanceCase } from './case.ts';
import {
  accepted,
  append,
  events,
  head,
  isRefusal,
  numbers,
  payload,
  plain,
  range,
  read,
  request,
  stream,
} from './fixtures.ts';
import { readFeed } from './feed-fixtures.ts';

const HOUR_MS = 3_600_000;

export const appendRaceCases: readonly ConformanceCase[] = [
  {
    id: 'JA-24',
    title: 'of 32 appends to one head at once exactly one is written',
    async run(ctx) {
      const outcomes = await Promise.allSettled(range(1, 32).map((n) => append(ctx, 0, [payload(`writer ${n}`)])));
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') isRefusal(outcome.reason, 'SequenceConflict', { expected: 0, actual: 1 });
      }
      assert.deepEqual(await numbers(ctx), [1]);
    },
  },
  {
    id: 'JA-25',
    title: 'batches of different lengths at one head: one is written whole, nothing of the others',
    async run(ctx) {
      await append(ctx, 0, 10);
      const batches = range(1, 8).map((size) => events(size, `batch-${size}`));
      const outcomes = await Promise.allSettled(batches.map((batch) => append(ctx, 10, batch)));
      const winners = batches.filter((_, i) => outcomes[i]?.status === 'fulfilled');
      assert.equal(winners.length, 1);
      assert.deepEqual((await read(ctx, { from: 11 })).map(plain), winners.flat().map(plain));
    },
  },
  {
    id: 'JA-26',
    title: 'eight writers that reload after a conflict lose nothing and keep their own order',
    async run(ctx) {
      const writers = range(1, 8);
      await Promise.all(
        writers.map(async (writer) => {
          let expected = 0;
          for (let round = 0; round < 60;) {
            try {
              expected = (await append(ctx, expected, [payload(`${writer}:${round}`)])).lastSequenceNr;
              round += 1;
            } catch (error) {
              isRefusal(error, 'SequenceConflict');
              expected = (await head(ctx)).head;
            }
          }
        }),
      );
      const found = await read(ctx);
      assert.deepEqual(
        found.map(({ sequenceNr }) => sequenceNr),
        range(1, 480),
      );
      const texts = found.map((event) => Buffer.from(event.payload).toString());
      for (const writer of writers) {
        const own = texts.filter((each) => each.startsWith(`${writer}:`));
        assert.deepEqual(
          own,
          range(0, 59).map((round) => `${writer}:${round}`),
        );
      }
    },
  },
  {
    id: 'JA-27',
    title: '200 streams are written at once',
    async run(ctx) {
      const keys = range(1, 200).map((n) => stream(ctx, `e-${n}`));
      const results = await Promise.all(keys.map((key) => append(ctx, 0, 2, { stream: key })));
      assert.ok(results.every(({ lastSequenceNr, duplicate }) => lastSequenceNr === 2 && !duplicate));
      const heads = await Promise.all(keys.map((key) => head(ctx, key)));
      assert.ok(heads.every((each) => each.head === 2));
    },
  },
  {
    id: 'JA-28',
    title: 'appendMany: a refused request changes nothing for the others, outcomes are in their order',
    async run(ctx) {
      const size = Math.min(64, ctx.driver.tuning.groupMax);
      const stale = Math.floor(size / 2);
      const keys = range(0, size - 1).map((n) => stream(ctx, `e-${n}`));
      await append(ctx, 0, 1, { stream: stream(ctx, `e-${stale}`) });
      const requests = keys.map((key, n) => request(ctx, 0, n + 1, { stream: key }));
      const outcomes = await ctx.driver.journal.appendMany(requests, ctx.options);
      assert.equal(outcomes.length, size);
      for (const [n, outcome] of outcomes.entries()) {
        if (n === stale) isRefusal(outcome, 'SequenceConflict', { expected: 0, actual: 1 });
        else assert.deepEqual(outcome, { lastSequenceNr: n + 1, duplicate: false });
      }
      const heads = await Promise.all(keys.map(async (key) => (await head(ctx, key)).head));
      assert.deepEqual(
        heads,
        keys.map((_, n) => (n === stale ? 1 : n + 1)),
      );
      assert.deepEqual(await ctx.driver.journal.appendMany([], ctx.options), []);
    },
  },
  {
    id: 'JA-29',
    title: 'appendMany serves a stream that is named twice in order',
    async run(ctx) {
      const requests = [request(ctx, 0, 2), request(ctx, 2, 1), request(ctx, 2, 1)];
      const [first, second, stale] = await ctx.driver.journal.appendMany(requests, ctx.options);
      assert.equal(accepted(first).lastSequenceNr, 2);
      assert.equal(accepted(second).lastSequenceNr, 3);
      assert.ok(isStoreError(stale), 'the third names a head that the second has moved');
      isRefusal(stale, 'SequenceConflict', { expected: 2, actual: 3 });
      assert.deepEqual(await numbers(ctx), range(1, 3));
    },
  },
  {
    id: 'JA-32',
    title: 'a clock that goes back changes neither the order of the events nor what the feed gives',
    async run(ctx) {
      let now = Date.now() + HOUR_MS;
      const driver = await ctx.open(ctx.target, { now: () => now });
      for (const expected of range(0, 9)) {
        await append({ ...ctx, driver }, expected);
        now -= HOUR_MS / 5;
      }
      assert.deepEqual(await numbers(ctx), range(1, 10));
      if (ctx.driver.feed === undefined) return;
      assert.deepEqual(
        (await readFeed(ctx)).map(({ sequenceNr }) => sequenceNr),
        range(1, 10),
      );
    },
  },
  {
    id: 'JA-33',
    title: 'no reader sees an append without those that were acknowledged before it',
    async run(ctx) {
      let acknowledged = 0;
      const readers = [ctx.driver, await ctx.open()].map(async (driver) => {
        while (acknowledged < 100) {
          const before = acknowledged;
          const seen = await numbers({ ...ctx, driver });
          assert.deepEqual(seen, range(1, Math.max(before, seen.length)));
        }
      });
      const write = async () => {
        for (const expected of range(0, 99)) acknowledged = (await append(ctx, expected)).lastSequenceNr;
      };
      await Promise.all([write(), ...readers]);
    },
  },
];
