import assert from 'node:assert/strict';
import type { ConformanceCase } from './case.ts';
import { append, bytes, events, head, payloadOf, plain, range, numbers, read, refused } from './fixtures.ts';

export const appendLimitCases: readonly ConformanceCase[] = [
  {
    id: 'JA-17',
    title: 'the largest batch is written whole',
    async run(ctx) {
      const { maxBatchEvents } = ctx.driver.limits;
      assert.equal((await append(ctx, 0, maxBatchEvents)).lastSequenceNr, maxBatchEvents);
      assert.deepEqual(await numbers(ctx), range(1, maxBatchEvents));
    },
  },
  {
    id: 'JA-18',
    title: 'a batch of one event or one byte too many is BatchTooLarge, and nothing of it is written',
    async run(ctx) {
      const { maxBatchEvents: limit, maxBatchBytes, maxEventBytes } = ctx.driver.limits;
      await refused(append(ctx, 0, limit + 1), 'BatchTooLarge', { limit, size: limit + 1 });
      const large = Array(Math.floor(maxBatchBytes / maxEventBytes)).fill(payloadOf(maxEventBytes));
      const rest = payloadOf(Math.max(2, maxBatchBytes - large.length * maxEventBytes + 1));
      if (large.length < limit)
        await refused(append(ctx, 0, [...large, rest]), 'BatchTooLarge', { limit: maxBatchBytes });
      assert.equal((await head(ctx)).exists, false);
      assert.equal((await append(ctx, 0)).lastSequenceNr, 1, 'the driver still works');
    },
  },
  {
    id: 'JA-19',
    title: 'events of very different sizes share a batch',
    async run(ctx) {
      const { maxEventBytes } = ctx.driver.limits;
      const sizes = [1, 300, 4_096, 65_535, 65_536, 65_537, 1_048_576].filter((size) => size < maxEventBytes);
      const sent = [...sizes, ...sizes.toReversed()].map((size) => ({ manifest: '', payload: bytes(size) }));
      await append(ctx, 0, sent);
      assert.deepEqual((await read(ctx)).map(plain), sent.map(plain));
    },
  },
  {
    id: 'JA-20',
    title: 'the largest event is written, one byte more is PayloadTooLarge and nothing of its batch is written',
    async run(ctx) {
      const { maxEventBytes: limit } = ctx.driver.limits;
      const tooLarge = [...events(1), payloadOf(limit + 1)];
      await refused(append(ctx, 0, tooLarge), 'PayloadTooLarge', { limit, size: limit + 1 });
      assert.equal((await head(ctx)).exists, false);
      const largest = payloadOf(limit);
      await append(ctx, 0, [largest]);
      assert.deepEqual((await read(ctx)).map(plain), [plain(largest)]);
    },
  },
];
