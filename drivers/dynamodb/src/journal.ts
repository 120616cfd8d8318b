import type { AppendRequest, AppendResult, Journal, OpOptions, RecoverRequest } from '@stategate/journal-spi';
import {
  checkEpoch,
  eachInOrder,
  encodePacked,
  journalFrom,
  judgeAppend,
  packedFetch,
  Recent,
  resolutionOf,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Call, Found, Standing } from '@stategate/journal-spi/kit';
import { withBody } from './bodies.ts';
import { enterStream, listStreams } from './directory.ts';
import type { FeedLog } from './feed-log.ts';
import { streamPartition } from './items.ts';
import { LIMITS, TUNING } from './limits.ts';
import { loadSnapshot } from './snapshots.ts';
import { Stream } from './stream.ts';
import type { Commit, State } from './stream.ts';
import type { Table } from './table.ts';

/** Streams whose newest commit is remembered, so that an append need not look for it. */
const MAX_HEADS = 50_000;

export function createJournal(table: Table, feedLog: FeedLog | undefined): Journal {
  const heads = new Recent<Commit>(MAX_HEADS);

  return journalFrom<State>(table.calls, {
    limits: LIMITS,
    page: TUNING.page,

    async appendMany(requests, call) {
      const outcomes = await eachInOrder(requests, keyOf, (request) => append(request, call));
      table.bell.ring();
      return outcomes;
    },

    async resolve(request, call) {
      const stream = new Stream(table, request.stream);
      return resolutionOf(request.expected, await standingOf(stream, request, await stream.newest(call), call));
    },

    recoverMany: (requests, call, options) =>
      eachInOrder(requests, keyOf, (request) => recover(request, call, options)),

    state: (stream, call) => new Stream(table, stream).state(call),
    fetch: (stream, { newest }, options) => packedFetch(new Stream(table, stream).records(newest, options)),

    async deleteTo(key, sequenceNr, fence, call) {
      const stream = new Stream(table, key);
      const { last, epoch } = await stream.newest(call);
      checkEpoch(fence, epoch);
      const to = Math.min(sequenceNr, last);
      if (to > 0) await stream.moveDeletedTo(to, fence, call);
    },

    list: (query, call) =>
      listStreams(table, query, call, async (stream) => toHead(await new Stream(table, stream).state(call))),
  });

  async function append(request: AppendRequest, call: Call): Promise<AppendResult> {
    const { expected, fence, token, events } = request;
    const stream = new Stream(table, request.stream);
    const known = heads.get(stream.pk);
    let newest = known?.last === expected && known.epoch <= fence.epoch ? known : await stream.newest(call);
    for (;;) {
      const judged = judgeAppend(request, await standingOf(stream, request, newest, call));
      if (judged !== undefined) return judged;
      const last = expected + events.length;
      const next = { number: newest.number + 1, first: expected + 1, last, epoch: fence.epoch, token, fed: 0 };
      const { written } = await withBody(table, encodePacked(events), call, async (body) => {
        if (expected === 0) await enterStream(table, request.stream, call);
        const fed = (await feedLog?.(request.stream, next.number, call)) ?? 0;
        return stream.take({ ...next, fed }, body, call);
      });
      if (written) {
        heads.set(stream.pk, next);
        return { lastSequenceNr: last, duplicate: false };
      }
      // An append of somebody else, or an earlier attempt of this one, which was believed lost; or a seal.
      heads.delete(stream.pk);
      newest = await stream.newest(call);
    }
  }

  async function recover(request: RecoverRequest, call: Call, options: OpOptions): Promise<Found<State>> {
    const { fence, page, after = 0 } = request;
    const stream = new Stream(table, request.stream);
    const state = await stream.seal(fence, call);
    const { newest, meta, head, deletedTo } = state;
    heads.set(stream.pk, newest);
    const entry = request.snapshot ? meta.snapshots.at(-1) : undefined;
    const from = Math.max(entry?.sequenceNr ?? after, deletedTo) + 1;
    const start = entry && { from: entry.sequenceNr + 1, place: entry.commit + 1 };
    const fetch = packedFetch(stream.records(newest, options, start));
    const [snapshot, first] = await Promise.all([
      request.snapshot ? loadSnapshot(stream, meta, Number.MAX_SAFE_INTEGER, call) : null,
      from > head ? [] : fetch({ from, to: head, backward: false, ...page }),
    ]);
    return { state, snapshot, fetch, first };
  }
}

/** Where a stream stands, seen from an append. */
async function standingOf(
  stream: Stream,
  { expected, token }: Pick<AppendRequest, 'expected' | 'token'>,
  newest: Commit,
  call: Call,
): Promise<Standing> {
  const { last: head, epoch } = newest;
  if (head <= expected) return { head, epoch };
  const next = await stream.commitOf(expected + 1, newest, call);
  return next.first === expected + 1 && next.token === token ? { head, epoch, last: next.last } : { head, epoch };
}

const keyOf = ({ stream }: Pick<AppendRequest, 'stream'>) => streamPartition(stream);
