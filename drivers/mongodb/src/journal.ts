import type {
  AppendRequest,
  AppendResult,
  Fence,
  Journal,
  Outcome,
  RecoverRequest,
  SequenceNr,
  Snapshot,
  SnapshotStore,
  StreamKey,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  encodePacked,
  journalFrom,
  judgeAppend,
  only,
  pageOfList,
  parseTuple,
  resolutionOf,
  settled,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Call, Found } from '@stategate/journal-spi/kit';
import { partsOf } from './commits.ts';
import type { CommitLog, Step, Tail } from './commits.ts';
import { LIMITS, TUNING } from './limits.ts';
import { commitAfter, eventsOf, forgetEvents } from './records.ts';
import type { Store } from './store.ts';

export function createJournal(store: Store, log: CommitLog, snapshots: SnapshotStore): Journal {
  return journalFrom<Tail>(store.calls, {
    limits: LIMITS,
    page: TUNING.page,

    appendMany: (requests, call) =>
      log.advance(
        requests.map((request) => append(request, call)),
        'write',
        call,
      ),

    async resolve(request, call) {
      const tail = await log.tail(request.stream, call);
      return resolutionOf(request.expected, { head: tail.head, last: await lastOf(request, tail, call) });
    },

    async recoverMany(requests, call) {
      const [tails, newest] = await Promise.all([
        log.advance(requests.map(seal), 'seal', call),
        Promise.all(
          requests.map(async ({ stream, snapshot }) => (snapshot ? settled(snapshots.load(stream, {}, call)) : null)),
        ),
      ]);
      return Promise.all(
        requests.map((request, at) => settled(recovered(request, tails[at], newest[at] ?? null, call))),
      );
    },

    state: (stream, call) => log.tail(stream, call),
    fetch: (stream, tail, options) => eventsOf(log, stream, tail, options),

    async deleteTo(stream, sequenceNr, fence, call) {
      const deletedTo = only(await log.advance([hide(stream, sequenceNr, fence)], 'write', call));
      // Again also when they were hidden before: this may not have been finished then.
      if (deletedTo > 0) await forgetEvents(store, log, stream, deletedTo, call);
    },

    async list({ namespace, persistenceId, after = '["",""]', limit }, call) {
      const [persistenceIdAfter, entityIdAfter] = parseTuple(after, ['string', 'string'], 'next of an earlier page');
      const filter = {
        namespace,
        ...(persistenceId === undefined ? {} : { persistenceId }),
        // The first events of a stream: there is one such commit, and it stays when they are deleted.
        first: 1,
        token: { $exists: true },
        $or: [
          { persistenceId: persistenceIdAfter, entityId: { $gt: entityIdAfter } },
          { persistenceId: { $gt: persistenceIdAfter } },
        ],
      };
      const found = await store.run('read', call, (limits) =>
        log.commits
          .find(filter, { ...limits, projection: { _id: 0, namespace: 1, persistenceId: 1, entityId: 1 } })
          .sort({ persistenceId: 1, entityId: 1 })
          .limit(limit + 1)
          .toArray(),
      );
      const { page, ...next } = pageOfList(found, limit, (last) => JSON.stringify([last.persistenceId, last.entityId]));
      const streams = page.map(async (key) => ({ ...partsOf(key), ...toHead(await log.tail(key, call)) }));
      return { streams: await Promise.all(streams), ...next };
    },
  });

  /** A place that is free cannot hold the token. */
  function append(request: AppendRequest, call: Call): Step<AppendResult> {
    const { stream, expected, fence, token, events } = request;
    return {
      stream,
      change({ head, epoch }) {
        if (head !== expected || epoch > fence.epoch) return undefined;
        return { epoch: fence.epoch, head: head + events.length, token, body: encodePacked(events) };
      },
      async result(tail, written) {
        const { head, epoch } = tail;
        if (written) return { lastSequenceNr: head, duplicate: false };
        const result = judgeAppend(request, { head, epoch, last: await lastOf(request, tail, call) });
        if (result === undefined) throw new Error('an append that follows the head is written');
        return result;
      },
    };
  }

  async function recovered(
    { stream, after = 0 }: RecoverRequest,
    sealed: Outcome<Tail> | undefined,
    newest: Outcome<Snapshot | null>,
    call: Call,
  ): Promise<Found<Tail>> {
    const snapshot = only([newest]);
    const tail = only(sealed === undefined ? [] : [sealed]);
    // The snapshot may have been read after the tail, and be of an event that this owner has appended in between.
    const behind = (snapshot?.sequenceNr ?? after) > tail.head;
    return { state: behind ? await log.tail(stream, call) : tail, snapshot };
  }

  /** Where the append that follows `expected` ends, if it has the token. Mostly it is the tail's, when there is one. */
  async function lastOf(
    { stream, expected, token }: Pick<AppendRequest, 'stream' | 'expected' | 'token'>,
    tail: Tail,
    call: Call,
  ): Promise<SequenceNr | undefined> {
    if (tail.head <= expected) return undefined;
    const found = tail.first === expected + 1 ? tail : await commitAfter(log, stream, expected, call);
    return found?.first === expected + 1 && found.token === token ? found.head : undefined;
  }
}

function seal({ stream, fence }: RecoverRequest): Step<Tail> {
  return {
    stream,
    change: ({ epoch }) => (epoch < fence.epoch ? { epoch: fence.epoch } : undefined),
    async result(tail) {
      checkEpoch(fence, tail.epoch);
      return tail;
    },
  };
}

/** Up to where events are hidden after it. */
function hide(stream: StreamKey, sequenceNr: SequenceNr, fence: Fence): Step<SequenceNr> {
  return {
    stream,
    change({ head, epoch, deletedTo }) {
      const upTo = Math.min(sequenceNr, head);
      return epoch <= fence.epoch && upTo > deletedTo ? { epoch: fence.epoch, deletedTo: upTo } : undefined;
    },
    async result({ epoch, deletedTo }) {
      checkEpoch(fence, epoch);
      return Math.min(sequenceNr, deletedTo);
    },
  };
}
