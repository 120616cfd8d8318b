import type {
  AppendRequest,
  AppendResult,
  Fence,
  Journal,
  ListQuery,
  OpOptions,
  RecoverRequest,
  StreamHead,
  StreamKey,
  StreamPage,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  eachInOrder,
  encodePacked,
  journalFrom,
  packedFetch,
  Recent,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Bell, Call, Found, StreamState } from '@stategate/journal-spi/kit';
import { withBody } from './bodies.ts';
import { commitOf, newestCommit, recordsOf, sealAfter, takePlace, toCommit } from './commits.ts';
import type { Commit } from './commits.ts';
import { checkCursor, enteredStreams, enterStream } from './directory.ts';
import type { FeedLog } from './feed-log.ts';
import { streamPartition } from './items.ts';
import { LIMITS, TUNING } from './limits.ts';
import { moveDeletedTo, readMeta, sealMeta } from './metas.ts';
import type { Meta } from './metas.ts';
import { loadSnapshot } from './snapshots.ts';
import type { Table } from './table.ts';

/** Streams whose newest commit is remembered, so that an append need not look for it. */
const MAX_HEADS = 50_000;

export function createJournal(table: Table, feedLog: FeedLog | undefined, bell: Bell): Journal {
  const heads = new Recent<Commit>(MAX_HEADS);

  return journalFrom<StreamState>(table.calls, {
    limits: LIMITS,
    page: TUNING.page,

    async appendMany(requests, call) {
      const outcomes = await eachInOrder(requests, keyOf, (request) => append(request, call));
      bell.ring();
      return outcomes;
    },

    async resolve({ stream, expected, token }, call) {
      const pk = streamPartition(stream);
      const newest = await newestCommit(table, pk, call);
      const head = newest.last;
      if (head <= expected) return { outcome: 'absent', head };
      const { first, last, token: found } = await commitOf(table, pk, expected + 1, newest, call);
      const applied = first === expected + 1 && found === token;
      return applied ? { outcome: 'applied', lastSequenceNr: last } : { outcome: 'superseded', head };
    },

    recoverMany: (requests, call, options) =>
      eachInOrder(requests, keyOf, (request) => recover(request, call, options)),

    state: (stream, call) => stateOf(table, streamPartition(stream), call),
    fetch: (stream, _, options) => packedFetch(recordsOf(table, streamPartition(stream), options)),

    async deleteTo(stream, sequenceNr, fence, call) {
      const pk = streamPartition(stream);
      const { last, epoch } = await newestCommit(table, pk, call);
      checkEpoch(fence, epoch);
      const to = Math.min(sequenceNr, last);
      if (to > 0) await moveDeletedTo(table, pk, to, fence, call);
    },

    async list(query, call) {
      checkCursor(query);
      return list(table, query, call);
    },
  });

  /** Token, then epoch, then sequence. */
  async function append(request: AppendRequest, call: Call): Promise<AppendResult> {
    const { stream, expected, fence, token, events } = request;
    const pk = streamPartition(stream);
    const known = heads.get(pk);
    let newest = known?.last === expected && known.epoch <= fence.epoch ? known : await newestCommit(table, pk, call);
    for (let earlier: Commit | undefined; ;) {
      if (newest.last > expected) earlier ??= await commitOf(table, pk, expected + 1, newest, call);
      if (earlier?.first === expected + 1 && earlier.token === token) {
        return { lastSequenceNr: earlier.last, duplicate: true };
      }
      checkEpoch(fence, newest.epoch);
      checkHead(expected, newest.last);

      const last = expected + events.length;
      const next = { number: newest.number + 1, first: expected + 1, last, epoch: fence.epoch, token, fed: 0 };
      const { written, item } = await withBody(table, encodePacked(events), call, async (body) => {
        if (expected === 0) await enterStream(table, stream, call);
        const fed = (await feedLog?.point(stream, next.number, call)) ?? 0;
        return takePlace(table, pk, { ...next, fed }, body, call, 'write');
      });
      if (written) {
        heads.set(pk, next);
        return { lastSequenceNr: last, duplicate: false };
      }
      heads.delete(pk);
      // An append of somebody else, or an earlier attempt of this one, which was believed lost; or a seal.
      const found = toCommit(item);
      if (found.first <= found.last) earlier = found;
      newest = await newestCommit(table, pk, call);
    }
  }

  async function recover(request: RecoverRequest, call: Call, options: OpOptions): Promise<Found<StreamState>> {
    const { stream, fence, page, after = 0 } = request;
    const pk = streamPartition(stream);
    const [newest, meta] = await Promise.all([seal(pk, fence, call), sealMeta(table, pk, fence, call)]);
    const state = await toState(table, pk, newest, meta, call);
    const entry = request.snapshot ? meta.snapshots.at(-1) : undefined;
    const from = Math.max(entry?.sequenceNr ?? after, state.deletedTo) + 1;
    const hint = from - 1 === entry?.sequenceNr ? entry.commit + 1 : undefined;
    const fetch = packedFetch(recordsOf(table, pk, options, hint));
    const [snapshot, first] = await Promise.all([
      request.snapshot ? loadSnapshot(table, pk, meta, Number.MAX_SAFE_INTEGER, call) : null,
      from > state.head ? [] : fetch({ from, to: state.head, backward: false, ...page }),
    ]);
    return { state, snapshot, fetch, first };
  }

  async function seal(pk: string, fence: Fence, call: Call): Promise<Commit> {
    for (;;) {
      const newest = await newestCommit(table, pk, call);
      checkEpoch(fence, newest.epoch);
      if (newest.epoch === fence.epoch) return newest;
      const next = sealAfter(newest, fence.epoch);
      const { written } = await takePlace(table, pk, next, {}, call, 'seal');
      if (written) return next;
    }
  }
}

const keyOf = ({ stream }: { readonly stream: StreamKey }) => streamPartition(stream);

async function stateOf(table: Table, pk: string, call: Call): Promise<StreamState> {
  const [newest, meta] = await Promise.all([newestCommit(table, pk, call), readMeta(table, pk, call)]);
  return toState(table, pk, newest, meta, call);
}

/** Log and meta item were read at once: where the one knows of events that were not yet in the other, the log is read again. */
async function toState(table: Table, pk: string, seen: Commit, meta: Meta, call: Call): Promise<StreamState> {
  const { deletedTo, snapshots } = meta;
  const behind = seen.last < Math.max(deletedTo, snapshots.at(-1)?.sequenceNr ?? 0);
  const { last: head, epoch } = behind ? await newestCommit(table, pk, call) : seen;
  return { head, deletedTo, epoch };
}

async function list(table: Table, query: ListQuery, call: Call): Promise<StreamPage> {
  const { limit } = query;
  const streams: (StreamKey & StreamHead)[] = [];
  let next = query.after;
  do {
    const page = await enteredStreams(table, { ...query, limit: limit - streams.length }, next, call);
    const found = await Promise.all(
      page.entered.map(async (stream) => ({
        ...stream,
        ...toHead(await stateOf(table, streamPartition(stream), call)),
      })),
    );
    streams.push(...found.filter(({ exists }) => exists));
    next = page.next;
  } while (next !== undefined && streams.length < limit);
  return next === undefined ? { streams } : { streams, next };
}
