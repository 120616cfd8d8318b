import { StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Fence,
  Journal,
  ListQuery,
  OpOptions,
  Outcome,
  RecoverRequest,
  SequenceNr,
  Snapshot,
  StreamKey,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  encodePacked,
  journalFrom,
  only,
  packedFetch,
  parseTuple,
  settled,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Found, StreamState } from '@stategate/journal-spi/kit';
import { partsOf } from './commits.ts';
import type { CommitLog, Step, Tail } from './commits.ts';
import { LIMITS, TUNING } from './limits.ts';
import { commitAfter, forgetEvents, recordsOf } from './records.ts';
import type { Snapshots } from './snapshots.ts';
import type { Store } from './store.ts';

export function createJournal(store: Store, log: CommitLog, snapshots: Snapshots): Journal {
  return journalFrom<StreamState>(store.calls, {
    limits: LIMITS,
    page: TUNING.page,

    appendMany: (requests, call) =>
      log.advance(
        requests.map((request) => append(request, call)),
        call,
      ),

    async resolve({ stream, expected, token }, call) {
      const tail = await log.tail(stream, call);
      const { last } = tail;
      const record = await recordAfter(expected, stream, tail, call);
      if (record?.token === token) return { outcome: 'applied', lastSequenceNr: record.last };
      return { outcome: last > expected ? 'superseded' : 'absent', head: last };
    },

    async recoverMany(requests, call) {
      const [tails, newest] = await Promise.all([
        log.advance(requests.map(seal), call),
        Promise.all(
          requests.map(async ({ stream, snapshot }) =>
            snapshot ? settled(snapshots.newest(stream, Number.MAX_SAFE_INTEGER, call)) : null,
          ),
        ),
      ]);
      return Promise.all(
        requests.map((request, at) => settled(recovered(request, tails[at], newest[at] ?? null, call))),
      );
    },

    state,
    fetch: (stream, _, options) => packedFetch(recordsOf(store, log.commits, stream, options)),

    async deleteTo(stream, sequenceNr, fence, call) {
      const deletedTo = only(await log.advance([hide(stream, sequenceNr, fence)], call));
      // Again also when they were hidden before: this may not have been finished then.
      if (deletedTo > 0) await forgetEvents(store, log.commits, stream, deletedTo, call);
    },

    async list(query, options) {
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
      const streams = await Promise.all(page.map(async (key) => ({ ...key, ...toHead(await state(key, options)) })));
      const last = page.at(-1);
      if (found.length === page.length || last === undefined) return { streams };
      return { streams, next: JSON.stringify([last.persistenceId, last.entityId]) };
    },
  });

  async function state(stream: StreamKey, options: OpOptions): Promise<StreamState> {
    return toState(await log.tail(stream, options));
  }

  /** Token, then epoch, then sequence: a place that is free cannot hold the token. */
  function append(request: AppendRequest, options: OpOptions): Step<AppendResult> {
    const { stream, expected, fence, token, events } = request;
    const count = events.length;
    return {
      stream,
      effect: 'write',
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
    { stream, after = 0 }: RecoverRequest,
    sealed: Outcome<Tail> | undefined,
    newest: Outcome<Snapshot> | null,
    options: OpOptions,
  ): Promise<Found<StreamState>> {
    const snapshot = newest === null ? null : only([newest]);
    const tail = only(sealed === undefined ? [] : [sealed]);
    // The snapshot may have been read after the tail, and be of an event that this owner has appended in between.
    const behind = (snapshot?.sequenceNr ?? after) > tail.last;
    return { state: behind ? await state(stream, options) : toState(tail), snapshot };
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
    const found = await commitAfter(store, log.commits, stream, expected, options);
    return found?.first === expected + 1 ? found : null;
  }
}

function seal({ stream, fence }: RecoverRequest): Step<Tail> {
  return {
    stream,
    effect: 'seal',
    // It takes no longer than the snapshot, which is read meanwhile.
    fresh: true,
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

function toState({ last, deletedTo, epoch }: Tail): StreamState {
  return { head: last, deletedTo, epoch };
}

/** Streams are listed by their names, so a page ends at one. */
function cursorNames({ after }: ListQuery): readonly [string, string] {
  return after === undefined ? ['', ''] : parseTuple(after, ['string', 'string'], 'next of an earlier page');
}
