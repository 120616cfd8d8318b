import assert from 'node:assert/strict';
import type { ConformanceCase } from './case.ts';
import {
  append,
  bytes,
  claim,
  events,
  head,
  numbers,
  payload,
  plain,
  range,
  read,
  refused,
  request,
  stream,
  token,
} from './fixtures.ts';

export const appendCases: readonly ConformanceCase[] = [
  {
    id: 'JA-01',
    title: 'the first append of a stream gets sequence number 1',
    async run(ctx) {
      assert.deepEqual(await append(ctx, 0), { lastSequenceNr: 1, duplicate: false });
      assert.deepEqual(await head(ctx), { head: 1, deletedTo: 0, epoch: ctx.fence.epoch, exists: true });
    },
  },
  {
    id: 'JA-02',
    title: 'the events of a batch get the next sequence numbers in their order',
    async run(ctx) {
      await append(ctx, 0);
      const batch = events(5);
      assert.equal((await append(ctx, 1, batch)).lastSequenceNr, 6);
      const stored = (await read(ctx)).slice(1);
      assert.deepEqual(
        stored.map((event) => event.sequenceNr),
        range(2, 6),
      );
      assert.deepEqual(stored.map(plain), batch.map(plain));
    },
  },
  {
    id: 'JA-03',
    title: 'a hundred appends one after the other leave no gap',
    async run(ctx) {
      for (const expected of range(0, 99)) assert.equal((await append(ctx, expected)).lastSequenceNr, expected + 1);
      assert.deepEqual(await numbers(ctx), range(1, 100));
    },
  },
  {
    id: 'JA-04',
    title: 'payload bytes come back exactly and share no memory with the caller',
    async run(ctx) {
      const bodies: Uint8Array[] = [
        new Uint8Array(),
        Uint8Array.of(7),
        Uint8Array.from(range(0, 255)),
        Buffer.from(bytes(65_536)),
      ];
      // A view into a larger buffer: what lies around it must not be stored.
      bodies.push(bytes(100).subarray(10, 20));
      const sent = bodies.map((body) => ({ manifest: 't', payload: body }));
      const before = sent.map(plain);
      await append(ctx, 0, sent);
      for (const body of bodies) body.fill(0);
      const found = await read(ctx);
      assert.deepEqual(found.map(plain), before);
      for (const event of found) event.payload.fill(0);
      assert.deepEqual((await read(ctx)).map(plain), before, 'what a reader does to its bytes stays with it');
    },
  },
  {
    id: 'JA-05',
    title: 'manifest and meta come back exactly, and empty meta is not absent meta',
    async run(ctx) {
      const body = { payload: Uint8Array.of(1) };
      const sent = [
        { ...body, manifest: 'type.googleapis.com/пример.Событие🛒' },
        { ...body, manifest: `type.example/${'x'.repeat(1000)}` },
        { ...body, manifest: '' },
        { ...body, manifest: 't', meta: new Uint8Array() },
        { ...body, manifest: 't', meta: bytes(300) },
      ];
      await append(ctx, 0, sent);
      assert.deepEqual((await read(ctx)).map(plain), sent.map(plain));
    },
  },
  {
    id: 'JA-06',
    title: 'an append behind the head is a SequenceConflict that says where the head is, and writes nothing',
    async run(ctx) {
      await append(ctx, 0, 5);
      const before = await read(ctx);
      await refused(append(ctx, 3), 'SequenceConflict', { expected: 3, actual: 5 });
      assert.deepEqual(await read(ctx), before);
    },
  },
  {
    id: 'JA-07',
    title: 'an append beyond the head is HeadRegressed, and writes nothing',
    async run(ctx) {
      await append(ctx, 0, 5);
      await refused(append(ctx, 9), 'HeadRegressed', { expected: 9, actual: 5 });
      assert.deepEqual(await numbers(ctx), range(1, 5));
    },
  },
  {
    id: 'JA-08',
    title: 'creating a stream that exists is a SequenceConflict',
    async run(ctx) {
      await append(ctx, 0, 5);
      await refused(append(ctx, 0), 'SequenceConflict', { expected: 0, actual: 5 });
      assert.deepEqual(await numbers(ctx), range(1, 5));
    },
  },
  {
    id: 'JA-09',
    title: 'an append to the middle of a stream that does not exist is HeadRegressed, and it stays away',
    async run(ctx) {
      await refused(append(ctx, 4), 'HeadRegressed', { expected: 4, actual: 0 });
      const { head: last, exists } = await head(ctx);
      assert.deepEqual({ last, exists }, { last: 0, exists: false });
    },
  },
  {
    id: 'JA-10',
    title: 'the same append once more is a duplicate success',
    async run(ctx) {
      const again = request(ctx, 0, 3);
      await ctx.driver.journal.append(again, ctx.options);
      const second = await ctx.driver.journal.append(again, ctx.options);
      assert.deepEqual(second, { lastSequenceNr: 3, duplicate: true });
      assert.deepEqual(await numbers(ctx), range(1, 3));
    },
  },
  {
    id: 'JA-11',
    title: 'an append stays a duplicate after newer ones: its token is in the record',
    async run(ctx) {
      const first = request(ctx, 0, 3);
      await ctx.driver.journal.append(first, ctx.options);
      await append(ctx, 3, 2);
      const again = await ctx.driver.journal.append(first, ctx.options);
      assert.deepEqual(again, { lastSequenceNr: 3, duplicate: true });
      assert.deepEqual(await numbers(ctx), range(1, 5));
    },
  },
  {
    id: 'JA-12',
    title: 'an append stays a duplicate after a higher epoch: the token is checked before the epoch',
    async run(ctx) {
      const first = request(ctx, 0);
      await ctx.driver.journal.append(first, ctx.options);
      await append(ctx, 1, 1, { fence: await claim(ctx) });
      const again = await ctx.driver.journal.append(first, ctx.options);
      assert.deepEqual(again, { lastSequenceNr: 1, duplicate: true });
    },
  },
  {
    id: 'JA-13',
    title: 'a known token with other content is never written a second time',
    async run(ctx) {
      const first = request(ctx, 0, [payload('first')]);
      await ctx.driver.journal.append(first, ctx.options);
      const before = await read(ctx);
      const other = ctx.driver.journal.append({ ...first, events: [payload('other')] }, ctx.options);
      const duplicate = await other.then(
        (result) => result.duplicate,
        () => refused(other, 'InvalidRequest').then(() => true),
      );
      assert.ok(duplicate, 'neither a duplicate nor refused');
      // With another number of events, no result could be true.
      const longer = { ...first, events: [payload('first'), payload('second')] };
      await refused(ctx.driver.journal.append(longer, ctx.options), 'InvalidRequest');
      assert.deepEqual(await read(ctx), before);
    },
  },
  {
    id: 'JA-14',
    title: 'a token belongs to its stream',
    async run(ctx) {
      const shared = token();
      for (const name of ['a', 'b']) {
        const result = await append(ctx, 0, 1, { stream: stream(ctx, name), token: shared });
        assert.deepEqual(result, { lastSequenceNr: 1, duplicate: false });
      }
    },
  },
  {
    id: 'JA-15',
    title: 'an append without events is an InvalidRequest',
    async run(ctx) {
      await refused(append(ctx, 0, []), 'InvalidRequest');
      assert.equal((await head(ctx)).exists, false);
    },
  },
  {
    id: 'JA-16',
    title: 'an expected head that is no sequence number is an InvalidRequest',
    async run(ctx) {
      for (const expected of [-1, 1.5, 2 ** 53, NaN]) await refused(append(ctx, expected), 'InvalidRequest');
      assert.equal((await head(ctx)).exists, false);
    },
  },
  {
    id: 'JA-35',
    title: 'resolve tells an applied append from a superseded and an absent one',
    async run(ctx) {
      const first = request(ctx, 0, 3);
      const resolve = (of: typeof first) => ctx.driver.journal.resolve(of, ctx.options);
      assert.deepEqual(await resolve(first), { outcome: 'absent', head: 0 });
      await ctx.driver.journal.append(first, ctx.options);
      await append(ctx, 3, 2);
      assert.deepEqual(await resolve(first), { outcome: 'applied', lastSequenceNr: 3 });
      assert.deepEqual(await resolve(request(ctx, 3)), { outcome: 'superseded', head: 5 });
      assert.deepEqual(await resolve(request(ctx, 1)), { outcome: 'superseded', head: 5 });
      assert.deepEqual(await resolve(request(ctx, 5)), { outcome: 'absent', head: 5 });
    },
  },
];
