import type { Journal, ListQuery } from '@stategate/journal-spi';
import {
  checkEpoch,
  journalFrom,
  judgeAppend,
  pageOfList,
  parseTuple,
  resolutionOf,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Bell } from '@stategate/journal-spi/kit';
import { LIMITS, TUNING } from './limits.ts';
import { namesOf, toEvent, toRow, toSnapshot, toStanding, toState } from './rows.ts';
import type { StoreWorker } from './store-worker.ts';

export function createJournal(worker: StoreWorker, bell: Bell): Journal {
  return journalFrom(worker.calls, {
    limits: LIMITS,
    page: TUNING.page,

    async appendMany(requests, call) {
      const outcomes = await worker.askMany(
        'write',
        'append',
        requests,
        call,
        ({ stream, expected, fence, token, events }) => [
          namesOf(stream),
          expected,
          fence.epoch,
          token,
          events.map(toRow),
        ],
        (standing, request) => {
          const lastSequenceNr = request.expected + request.events.length;
          if (standing === null) return { lastSequenceNr, duplicate: false };
          const result = judgeAppend(request, toStanding(standing));
          if (result === undefined) throw new Error('nothing stands in the way of an append that was not written');
          return result;
        },
      );
      bell.ring();
      return outcomes;
    },

    async resolve({ stream, expected, token }, call) {
      const found = await worker.ask('read', 'standing', [namesOf(stream), expected, token], call);
      return resolutionOf(expected, toStanding(found));
    },

    recoverMany: (requests, call) =>
      worker.askMany(
        'seal',
        'recover',
        requests,
        call,
        ({ stream, fence, snapshot, after = 0, page }) => [
          namesOf(stream),
          fence.epoch,
          snapshot ? null : after,
          [page.events, page.bytes] as const,
        ],
        ([head, snapshot, first], { fence }) => {
          const state = toState(head);
          checkEpoch(fence, state.epoch);
          return { state, snapshot: snapshot && toSnapshot(snapshot), first: first.map(toEvent) };
        },
      ),

    state: async (stream, call) => toState(await worker.ask('read', 'head', [namesOf(stream)], call)),

    fetch:
      (stream, _, options) =>
      async ({ from, to, backward, events, bytes }) => {
        const range = backward ? ([to, from, 'DESC'] as const) : ([from, to, 'ASC'] as const);
        return (await worker.ask('read', 'read', [namesOf(stream), ...range, [events, bytes]], options)).map(toEvent);
      },

    async deleteTo(stream, sequenceNr, fence, call) {
      checkEpoch(fence, await worker.ask('write', 'deleteTo', [namesOf(stream), sequenceNr, fence.epoch], call));
    },

    async list(query, call) {
      const { namespace, persistenceId = null, limit } = query;
      // One more than asked for says whether there is a next page.
      const request = [namespace, persistenceId, cursor(query), limit + 1] as const;
      const found = await worker.ask('read', 'listStreams', request, call);
      const { page, ...next } = pageOfList(found, limit, (last) => JSON.stringify(last.slice(0, 2)));
      const streams = page.map(([id, entityId, ...head]) => {
        return { namespace, persistenceId: id, entityId, ...toHead(toState(head)) };
      });
      return { streams, ...next };
    },
  });
}

/** Streams are listed by their names, so a page ends at one. */
function cursor({ after, persistenceId = '' }: ListQuery): readonly [persistenceId: string, entityId: string] {
  return after === undefined ? [persistenceId, ''] : parseTuple(after, ['string', 'string'], 'next of an earlier page');
}
