import assert from 'node:assert/strict';
import type { ReadQuery } from '../journal.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import { append, collect, head, numbers, range, read, refused, stream } from './fixtures.ts';

/** Of a stream of five events: what each query gives. */
const FIVE: readonly (readonly [id: string, title: string, query: ReadQuery, found: readonly number[]])[] = [
  ['JR-01', 'a read without bounds gives all events', {}, [1, 2, 3, 4, 5]],
  ['JR-02', 'from is included', { from: 3 }, [3, 4, 5]],
  ['JR-03', 'to is included', { to: 3 }, [1, 2, 3]],
  ['JR-04', 'both bounds hold', { from: 2, to: 4 }, [2, 3, 4]],
  ['JR-05', 'a limit keeps the first events', { limit: 3 }, [1, 2, 3]],
  ['JR-06', 'bounds and limit hold together', { from: 2, to: 5, limit: 2 }, [2, 3]],
  ['JR-07', 'equal bounds give one event', { from: 2, to: 2 }, [2]],
  ['JR-09', 'crossed bounds give nothing', { from: 4, to: 2 }, []],
  ['JR-11', 'beyond the head there is nothing', { from: 6 }, []],
];

export const readCases: readonly ConformanceCase[] = [
  ...FIVE.map(([id, title, query, found]) => ({
    id,
    title,
    async run(ctx: CaseContext) {
      await append(ctx, 0, 2);
      await append(ctx, 2, 3);
      assert.deepEqual(await numbers(ctx, query), found);
    },
  })),
  {
    id: 'JR-08',
    title: 'a limit of 1 gives one event, a limit of 0 none; what is no number is an InvalidRequest',
    async run(ctx) {
      await append(ctx, 0, 5);
      assert.deepEqual(await numbers(ctx, { limit: 1 }), [1]);
      assert.deepEqual(await numbers(ctx, { limit: 0 }), []);
      await refused(read(ctx, { limit: -1 }), 'InvalidRequest');
      await refused(read(ctx, { from: 0.5 }), 'InvalidRequest');
      await refused(read(ctx, { page: { events: 0, bytes: 1 } }), 'InvalidRequest');
    },
  },
  {
    id: 'JR-10',
    title: 'an unknown stream is empty for read, head and recover',
    async run(ctx) {
      assert.deepEqual(await read(ctx), []);
      assert.deepEqual(await head(ctx), { head: 0, deletedTo: 0, epoch: 0, exists: false });
      const page = { events: 10, bytes: 1000 };
      const request = { stream: stream(ctx, 'e-2'), fence: ctx.fence, snapshot: true, page };
      const recovered = await ctx.driver.journal.recover(request, ctx.options);
      assert.deepEqual(recovered.head, { head: 0, deletedTo: 0, epoch: ctx.fence.epoch, exists: false });
      assert.equal(recovered.snapshot, undefined);
      assert.deepEqual(
        (await collect(recovered.pages)).flatMap(({ events }) => events),
        [],
      );
    },
  },
  {
    id: 'JR-12',
    title: 'a read may start inside a batch',
    async run(ctx) {
      await append(ctx, 0, 10);
      assert.deepEqual(await numbers(ctx, { from: 4 }), range(4, 10));
    },
  },
  {
    id: 'JR-13',
    title: 'a read may end inside a batch',
    async run(ctx) {
      await append(ctx, 0, 10);
      assert.deepEqual(await numbers(ctx, { to: 4 }), range(1, 4));
    },
  },
  {
    id: 'JR-14',
    title: 'a backward read mirrors the forward one',
    requires: (capabilities) => capabilities.readBackward,
    async run(ctx) {
      await append(ctx, 0, 2);
      await append(ctx, 2, 3);
      const direction = 'backward';
      assert.deepEqual(await numbers(ctx, { direction }), [5, 4, 3, 2, 1]);
      assert.deepEqual(await numbers(ctx, { direction, from: 2, to: 4 }), [4, 3, 2]);
      assert.deepEqual(await numbers(ctx, { direction, limit: 2 }), [5, 4]);
      assert.deepEqual(await numbers(ctx, { direction, to: 4, limit: 2 }), [4, 3]);
      assert.deepEqual(await numbers(ctx, { direction, page: { events: 2, bytes: 1_000_000 } }), [5, 4, 3, 2, 1]);
    },
    async absence(ctx) {
      await append(ctx, 0, 5);
      await refused(read(ctx, { direction: 'backward' }), 'Unsupported');
    },
  },
  {
    id: 'JR-24',
    title: 'what was acknowledged is seen at once through another connection',
    async run(ctx) {
      const other = await ctx.open();
      for (const expected of range(0, 19)) {
        await append(ctx, expected);
        const pages = await collect(other.journal.read(stream(ctx), {}, ctx.options));
        assert.equal(pages.flatMap(({ events }) => events).length, expected + 1);
      }
    },
  },
  {
    id: 'JR-25',
    title: 'head is known without reading events',
    async run(ctx) {
      await append(ctx, 0, 5);
      assert.deepEqual(await head(ctx), { head: 5, deletedTo: 0, epoch: ctx.fence.epoch, exists: true });
    },
  },
];
