import assert from 'node:assert/strict';
import type { Limits } from '../driver.ts';
import type { Payload } from '../stream.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import { append, bytes, get, head, payloadOf, plain, put, range, read, refused, request, stream } from './fixtures.ts';

/** What is larger is not tried: a case would take minutes. The result says so. */
const MAX_TRIED_BYTES = 64 * 1024 ** 2;
const MAX_TRIED_EVENTS = 10_000;

/** How one limit is tried: what is written and read back at a size, and what is refused beyond it. */
interface Trial {
  readonly id: string;
  readonly title: string;
  readonly code: 'PayloadTooLarge' | 'BatchTooLarge';
  /** The largest size that is tried; what is refused is one more. */
  most(limits: Limits): number;
  write(ctx: CaseContext, size: number): Promise<unknown>;
  /** Rejects when what `write` wrote at this size is not there; at 0, when anything is. */
  check(ctx: CaseContext, size: number): Promise<void>;
}

const TRIALS: { readonly [Name in keyof Limits]: Trial } = {
  maxEventBytes: {
    id: 'LM-01',
    title: 'an event',
    code: 'PayloadTooLarge',
    most: () => MAX_TRIED_BYTES,
    write: (ctx, size) => append(ctx, 0, [sized(size)]),
    check: (ctx, size) => checkEvents(ctx, size === 0 ? [] : [sized(size)]),
  },
  maxBatchEvents: {
    id: 'LM-02',
    title: 'a batch, in events,',
    code: 'BatchTooLarge',
    most: () => MAX_TRIED_EVENTS,
    write: (ctx, size) => append(ctx, 0, size),
    async check(ctx, size) {
      assert.equal((await head(ctx)).head, size);
      assert.equal((await read(ctx)).length, size);
    },
  },
  maxBatchBytes: {
    id: 'LM-03',
    title: 'a batch, in bytes,',
    code: 'BatchTooLarge',
    // So many bytes cannot be in one batch when its events are too few.
    most: ({ maxEventBytes, maxBatchEvents }) => Math.min(MAX_TRIED_BYTES, maxEventBytes * maxBatchEvents - 1),
    write: (ctx, size) => append(ctx, 0, batch(ctx, size)),
    check: (ctx, size) => checkEvents(ctx, batch(ctx, size)),
  },
  maxSnapshotBytes: {
    id: 'LM-04',
    title: 'a snapshot',
    code: 'PayloadTooLarge',
    most: () => MAX_TRIED_BYTES,
    async write(ctx, size) {
      if (!(await head(ctx)).exists) await append(ctx, 0);
      await ctx.driver.snapshots.save(stream(ctx), { ...sized(size), sequenceNr: 1 }, ctx.fence, ctx.options);
    },
    async check(ctx, size) {
      const found = await ctx.driver.snapshots.load(stream(ctx), {}, ctx.options);
      assert.deepEqual(found === null ? null : plain(found), size === 0 ? null : plain(sized(size)));
    },
  },
  maxValueBytes: {
    id: 'LM-05',
    title: 'a value',
    code: 'PayloadTooLarge',
    most: () => MAX_TRIED_BYTES,
    write: (ctx, size) => put(ctx, '', { value: sized(size) }),
    async check(ctx, size) {
      const found = await get(ctx);
      assert.deepEqual(found === null ? null : plain(found), size === 0 ? null : plain(sized(size)));
    },
  },
};

export const limitCases: readonly ConformanceCase[] = [
  ...(Object.keys(TRIALS) as (keyof Limits)[]).map((name) => limitCase(name, TRIALS[name])),
  {
    id: 'LM-06',
    title: 'ids, keys and tokens of the greatest length are taken everywhere, longer ones are InvalidRequest',
    async run(ctx) {
      const longest = 'я'.repeat(512);
      const key = { ...stream(ctx, longest, longest), namespace: ctx.namespace };
      await append(ctx, 0, 1, { stream: key, token: 't'.repeat(36) });
      assert.equal((await head(ctx, key)).head, 1);
      await put(ctx, 'v', {
        key: { namespace: ctx.namespace, collection: longest, key: longest },
        token: 't'.repeat(36),
      });
      for (const other of [
        { entityId: `${longest}k` },
        { persistenceId: `${longest}k` },
        { namespace: `${longest}k` },
      ]) {
        await refused(append(ctx, 0, 1, { stream: { ...key, ...other } }), 'InvalidRequest');
      }
      await refused(append(ctx, 0, 1, { token: 't'.repeat(37) }), 'InvalidRequest');
      await refused(put(ctx, 'v', { token: '' }), 'InvalidRequest');
    },
  },
  {
    id: 'LM-07',
    title: 'a thousand streams of a hundred events: all listed, each as long as it should be',
    async run(ctx) {
      const keys = range(1, 1000).map((n) => stream(ctx, `e-${n}`));
      const requests = keys.map((key) =>
        request(ctx, 0, Math.min(100, ctx.driver.limits.maxBatchEvents), { stream: key }),
      );
      const { groupMax } = ctx.driver.tuning;
      for (let at = 0; at < requests.length; at += groupMax) {
        const outcomes = await ctx.driver.journal.appendMany(requests.slice(at, at + groupMax), ctx.options);
        for (const outcome of outcomes) if (outcome instanceof Error) throw outcome;
      }
      const found: string[] = [];
      for (let after: string | undefined; ;) {
        const query = { namespace: ctx.namespace, limit: 300, ...(after === undefined ? {} : { after }) };
        const { streams, next } = await ctx.driver.journal.list(query, ctx.options);
        for (const { entityId, head: last } of streams) found.push(`${entityId} ${last}`);
        if (next === undefined) break;
        after = next;
      }
      const wanted = requests.map(({ stream: { entityId }, events }) => `${entityId} ${events.length}`);
      assert.deepEqual(found.toSorted(), wanted.toSorted());
    },
  },
  {
    id: 'LM-08',
    title: 'three hundred snapshots of one stream: the newest is found, also below a bound, and all are removed',
    async run(ctx) {
      const { snapshots } = ctx.driver;
      await append(ctx, 0, Math.min(300, ctx.driver.limits.maxBatchEvents));
      const { head: last } = await head(ctx);
      for (const sequenceNr of range(1, last)) {
        await snapshots.save(stream(ctx), { ...payloadOf(200), sequenceNr }, ctx.fence, ctx.options);
      }
      assert.equal((await snapshots.load(stream(ctx), {}, ctx.options))?.sequenceNr, last);
      const below = Math.ceil(last / 2);
      assert.equal((await snapshots.load(stream(ctx), { maxSequenceNr: below }, ctx.options))?.sequenceNr, below);
      assert.equal(await snapshots.delete(stream(ctx), {}, ctx.options), last);
      assert.equal(await snapshots.load(stream(ctx), {}, ctx.options), null);
    },
  },
];

/** First what is refused, so that nothing else can have written what it then looks for. */
function limitCase(name: keyof Limits, trial: Trial): ConformanceCase {
  const { id, title, code } = trial;
  return {
    id,
    title: `${title} as large as ${name} is written, one more is ${code} and nothing of it is written`,
    async run(ctx) {
      const limit = ctx.driver.limits[name];
      assert.ok(Number.isSafeInteger(limit) && limit > 0, `${name} is ${limit}`);
      const most = trial.most(ctx.driver.limits);
      if (limit <= most) {
        await refused(trial.write(ctx, limit + 1), code, { limit, size: limit + 1 });
        await trial.check(ctx, 0);
      } else {
        ctx.note(`${name} is ${limit}: nothing above ${most} was tried`);
      }
      const size = Math.min(limit, most);
      await trial.write(ctx, size);
      await trial.check(ctx, size);
    },
  };
}

/** A payload that takes exactly so many bytes of a limit, some of them in its manifest and its meta. */
function sized(size: number): Payload {
  if (size < 64) return payloadOf(size);
  return {
    manifest: 'type.example/Я',
    meta: bytes(16),
    payload: bytes(size - 16 - Buffer.byteLength('type.example/Я')),
  };
}

/** So many bytes in as few events as there may be, all small when the batch cannot be that large. */
function batch({ driver: { limits } }: CaseContext, size: number): readonly Payload[] {
  const count = Math.ceil(size / limits.maxEventBytes);
  return range(0, count - 1).map((n) => payloadOf(Math.floor((size + n) / count)));
}

async function checkEvents(ctx: CaseContext, wanted: readonly Payload[]): Promise<void> {
  assert.deepEqual((await read(ctx)).map(plain), wanted.map(plain));
}
