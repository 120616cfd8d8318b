import { StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Fence,
  Journal,
  ListQuery,
  OpOptions,
  Outcome,
  Recovered,
  RecoverRequest,
  SequenceNr,
  Snapshot,
  StreamHead,
  StreamKey,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  checkSnapshot,
  encodePacked,
  knownBounds,
  only,
  packedFetch,
  readPages,
  validateAppend,
  validateDelete,
  validateList,
  validateRecover,
  validateStream,
} from '@stategate/journal-spi/kit';
import type { PageFetch } from '@stategate/journal-spi/kit';
import { partsOf } from './commits.ts';
import type { CommitLog, Step, Tail } from './commits.ts';
import { LIMITS, TUNING } from './limits.ts';
import { fetchRecords, forgetEvents } from './records.ts';
import type { Snapshots } from './snapshots.ts';
import { settled } from './store.ts';
import type { Store } from './store.ts';

export function createJournal(store: Store, log: CommitLog, snapshots: Snapshots): Journal {
  const journal: Journal = {
    async append(request, options) {
      return only(await journal.appendMany([request], options));
    },

    appendMany: (requests, options) =>
      log.advance(
        requests.map((request) => append(request, options)),
        options,
      ),

    async resolve({ stream, expected, token }, options) {
      validateStream(stream);
      const tail = await log.tail(stream, options);
      const { last } = tail;
      const record = await recordAfter(expected, stream, tail, options);
      if (record?.token === token) return { outcome: 'applied', lastSequenceNr: record.last };
      return { outcome: last > expected ? 'superseded' : 'absent', head: last };
    },

    async recover(request, options) {
      return only(await journal.recoverMany([request], options));
    },

    async recoverMany(requests, options) {
      const [tails, newest] = await Promise.all([
        log.advance(requests.map(seal), options),
        Promise.all(
          requests.map(async ({ stream, snapshot }) =>
            snapshot ? settled(snapshots.newest(stream, {}, options)) : null,
          ),
        ),
      ]);
      return Promise.all(
        requests.map((request, at) => settled(recovered(request, tails[at], newest[at] ?? null, options))),
      );
    },

    read(stream, query, options) {
      async function bounds() {
        validateStream(stream);
        return toBounds(await log.tail(stream, options));
      }
      return readPages(query, TUNING.page, bounds, fetchFrom(stream, options), options);
    },

    async head(stream, options) {
      validateStream(stream);
      return toHead(await log.tail(stream, options));
    },

    async deleteTo(stream, sequenceNr, fence, options) {
      const deletedTo = only(await log.advance([hide(stream, sequenceNr, fence)], options));
      // Again also when they were hidden before: this may not have been finished then.
      if (deletedTo > 0) await forgetEvents(store, log.commits, stream, deletedTo, options);
    },

    async list(query, options) {
      validateList(query);
      const { namespace, persistenceId, limit } = query;
      const [persistenceIdAfter, entityIdAfter] = cursorNames(query);
      const found = await store.run('read', options, (limits) =>
        log.commits
          .find(
            {
              namespace,
              ...(persistenceId === undefined ? {} : { persistenceId }),
              // The first events of a stream: there is one such commit, and it stays when they are deleted.
              first: 1,
              token: { $exists: true },
              $or: [
                { persistenceId: persistenceIdAfter, entityId: { $gt: entityIdAfter } },
                { persistenceId: { $gt: persistenceIdAfter } },
              ],
            },
            { ...limits, projection: { _id: 0, namespace: 1, persistenceId: 1, entityId: 1 } },
          )
          .sort({ persistenceId: 1, entityId: 1 })
          // One more than asked for says whether there is a next page.
          .limit(limit + 1)
          .toArray(),
      );
      const page = found.slice(0, limit).map(partsOf);
      const streams = await Promise.all(page.map(async (key) => ({ ...key, ...(await journal.head(key, options)) })));
      const last = page.at(-1);
      if (found.length === page.length || last === undefined) return { streams };
      return { streams, next: JSON.stringify([last.persistenceId, last.entityId]) };
    },
  };

  /** Token, then epoch, then sequence: a place that is free cannot hold the token. */
  function append(request: AppendRequest, options: OpOptions): Step<AppendResult> {
    const { stream, expected, fence, token, events } = request;
    const count = events.length;
    return {
      stream,
      effect: 'write',
      check: () => validateAppend(request, LIMITS),
      change({ last, epoch }) {
        if (last !== expected || epoch > fence.epoch) return undefined;
        return { epoch: fence.epoch, events: { count, token, body: encodePacked(events) } };
      },
      written: ({ last }) => ({ lastSequenceNr: last, duplicate: false }),
      async settle(tail) {
        const record = await recordAfter(expected, stream, tail, options);
        if (record?.token === token) {
          if (record.last === expected + count) return { lastSequenceNr: record.last, duplicate: true };
          throw new StoreError('InvalidRequest', `token ${token} was used for an append of other events`);
        }
        checkEpoch(fence, tail.epoch);
        checkHead(expected, tail.last);
        throw new Error('an append that follows the head is written');
      },
    };
  }

  async function recovered(
    { stream, after = 0, page }: RecoverRequest,
    sealed: Outcome<Tail> | undefined,
    found: Outcome<Snapshot> | null,
    options: OpOptions,
  ): Promise<Recovered> {
    const snapshot = found === null ? undefined : only([found]);
    const from = snapshot?.sequenceNr ?? after;
    let tail = only(sealed === undefined ? [] : [sealed]);
    // The snapshot may have been read after the tail, and be of an event that this owner has appended in between.
    if (from > tail.last) tail = await log.tail(stream, options);
    checkSnapshot(from, tail.last);
    const fetch = fetchFrom(stream, options);
    const start = Math.max(from, tail.deletedTo) + 1;
    const range = { from: start, to: tail.last, backward: false, ...page };
    const first = start > tail.last ? [] : await fetch(range);
    const pages = readPages(
      { from: start, page },
      page,
      knownBounds(toBounds(tail), async () => toBounds(await log.tail(stream, options))),
      async (asked) => (asked.from === start ? first : fetch(asked)),
      options,
    );
    return { head: toHead(tail), pages, ...(snapshot && { snapshot }) };
  }

  function fetchFrom(stream: StreamKey, options: OpOptions): PageFetch {
    return packedFetch((range) => fetchRecords(store, log.commits, stream, range, options));
  }

  /** The commit whose first event follows `expected`: mostly the tail itself, when there is one. */
  async function recordAfter(
    expected: SequenceNr,
    stream: StreamKey,
    tail: Tail,
    options: OpOptions,
  ): Promise<Pick<Tail, 'last' | 'token'> | null> {
    if (tail.last <= expected) return null;
    if (tail.first === expected + 1) return tail;
    return store.run('read', options, (limits) =>
      log.commits.findOne(
        { ...partsOf(stream), last: { $gt: expected }, first: expected + 1, token: { $exists: true } },
        { ...limits, projection: { _id: 0, last: 1, token: 1 } },
      ),
    );
  }

  return journal;
}

function seal(request: RecoverRequest): Step<Tail> {
  const { stream, fence } = request;
  return {
    stream,
    effect: 'seal',
    // It takes no longer than the snapshot, which is read meanwhile.
    fresh: true,
    check: () => validateRecover(request),
    change: ({ epoch }) => (epoch < fence.epoch ? { epoch: fence.epoch } : undefined),
    written: (tail) => tail,
    settle(tail) {
      checkEpoch(fence, tail.epoch);
      return tail;
    },
  };
}

/** Up to where events are hidden after it. */
function hide(stream: StreamKey, sequenceNr: SequenceNr, fence: Fence): Step<SequenceNr> {
  return {
    stream,
    effect: 'write',
    check: () => validateDelete(stream, sequenceNr, fence),
    change({ last, epoch, deletedTo }) {
      const upTo = Math.min(sequenceNr, last);
      return epoch <= fence.epoch && upTo > deletedTo ? { epoch: fence.epoch, deletedTo: upTo } : undefined;
    },
    written: ({ deletedTo }) => deletedTo,
    settle({ epoch, deletedTo }) {
      checkEpoch(fence, epoch);
      return Math.min(sequenceNr, deletedTo);
    },
  };
}

function toHead({ last, deletedTo, epoch }: Tail): StreamHead {
  return { head: last, deletedTo, epoch, exists: last > 0 };
}

function toBounds({ last, deletedTo }: Tail) {
  return { head: last, deletedTo };
}

/** Streams are listed by their names, so a page ends at one. */
function cursorNames({ after }: ListQuery): readonly [string, string] {
  if (after === undefined) return ['', ''];
  try {
    const [first, second, ...others] = JSON.parse(after) as readonly unknown[];
    if (typeof first === 'string' && typeof second === 'string' && others.length === 0) return [first, second];
  } catch {
    // Refused below.
  }
  throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
}
