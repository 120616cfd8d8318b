import { StoreError } from '@stategate/journal-spi';
import type { AppendRequest, AppendResult, Journal, ListQuery, StoredEvent, StreamKey } from '@stategate/journal-spi';
import {
  checkEpoch,
  eachInOrder,
  journalFrom,
  judgeAppend,
  pageOfList,
  resolutionOf,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Call, Standing, StreamState } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import { fromMember, memberOf } from './keys.ts';
import type { Keys } from './keys.ts';
import { LIMITS, TUNING } from './limits.ts';
import { fromRecord, toRecord } from './records.ts';
import { bytes, list, number, text } from './replies.ts';
import { APPEND, DELETE_TO, READ, RECOVER, RESOLVE } from './scripts.ts';
import { toSnapshot } from './snapshots.ts';

/** Pages of so many events are worth a round trip each. */
const ENOUGH_EVENTS = 50;

/** Each stream of a list is a call of its own: a page never has more. */
const LIST_LIMIT = 1000;

interface State extends StreamState {
  /** Bytes of the largest record. */
  readonly largest: number;
}

export function createJournal(connection: Connection, keys: Keys, feedMaxAppends: number | undefined): Journal {
  const keyOf = ({ stream }: { readonly stream: StreamKey }) => keys.stream(stream).head;

  return journalFrom<State>(connection.calls, {
    limits: LIMITS,
    page: TUNING.page,

    appendMany(requests, call) {
      const now = connection.now();
      return eachInOrder(requests, keyOf, (request) => append(request, now, call));
    },

    async resolve({ stream, expected, token }, call) {
      const { head, events } = keys.stream(stream);
      const reply = await connection.run(RESOLVE, 'read', [head, events], [expected, token], call);
      return resolutionOf(expected, toStanding(reply));
    },

    recoverMany: (requests, call) =>
      eachInOrder(requests, keyOf, async ({ stream, fence, snapshot, after = 0, page }) => {
        const { head, events, snapshots } = keys.stream(stream);
        const args = [fence.epoch, snapshot ? 1 : 0, after, page.events, page.bytes];
        const reply = await connection.run(RECOVER, 'seal', [head, events, snapshots], args, call);
        const [found, record, entries] = list(reply);
        const state = toState(found);
        checkEpoch(fence, state.epoch);
        return {
          state: { ...state, epoch: fence.epoch },
          snapshot: record === null ? null : toSnapshot(bytes(record)),
          first: list(entries).map(toEvent),
        };
      }),

    state: stateOf,

    fetch(stream, { largest }, options) {
      const { head, events } = keys.stream(stream);
      return async ({ from, to, backward, events: most, bytes: size }) => {
        // Where the largest record cannot make the page too large Redis gives it by itself: a script, which measures, takes twice as long.
        const fit = Math.min(most, Math.floor(size / Math.max(1, largest)));
        const range = [events, `${from}-0`, `${to}-0`, 'COUNT', fit];
        const reply =
          fit >= Math.min(most, ENOUGH_EVENTS)
            ? await connection.command('read', backward ? 'XREVRANGE' : 'XRANGE', range, options)
            : await connection.run(READ, 'read', [head, events], [from, to, backward ? 1 : 0, most, size], options);
        return list(reply).map(toEvent);
      };
    },

    async deleteTo(stream, sequenceNr, fence, call) {
      const { head, events } = keys.stream(stream);
      const args = [fence.epoch, sequenceNr];
      checkEpoch(fence, number(await connection.run(DELETE_TO, 'write', [head, events], args, call)));
    },

    async list(query, call) {
      const { namespace } = query;
      const limit = Math.min(query.limit, LIST_LIMIT);
      const args = [keys.streams(namespace), ...memberRange(query), 'LIMIT', 0, limit + 1];
      const members = list(await connection.command('read', 'ZRANGEBYLEX', args, call)).map(text);
      const { page, ...more } = pageOfList(members, limit, (last) => last);
      const streams = await Promise.all(
        page.map(async (member) => {
          const stream = fromMember(namespace, member);
          if (stream === undefined) throw new StoreError('IntegrityError', `"${member}" is not the name of a stream`);
          return { ...stream, ...toHead(await stateOf(stream, call)) };
        }),
      );
      return { streams, ...more };
    },
  });

  async function append(request: AppendRequest, now: number, call: Call): Promise<AppendResult> {
    const { expected, fence, token, events } = request;
    const { namespace } = request.stream;
    const stream = keys.stream(request.stream);
    const records = events.map((event) => toRecord(event, [fence.epoch, now]));
    const sizes = records.map(({ byteLength }) => byteLength);
    const lastSequenceNr = expected + events.length;
    const size = sizes.reduce((sum, each) => sum + each, 0);
    const facts = [lastSequenceNr, Math.max(...sizes), stream.member, feedMaxAppends ?? '', size];
    const reply = await connection.run(
      APPEND,
      'write',
      [stream.head, stream.events, keys.feed(namespace), keys.streams(namespace)],
      [expected, token, fence.epoch, ...facts, ...records],
      call,
    );
    if (reply === null) return { lastSequenceNr, duplicate: false };
    const result = judgeAppend(request, toStanding(reply));
    if (result !== undefined) return result;
    throw new StoreError(
      'IntegrityError',
      `the stream has events beyond its head ${expected}: a key in Redis was lost`,
    );
  }

  async function stateOf(stream: StreamKey, call: Call): Promise<State> {
    const args = [keys.stream(stream).head, 'head', 'deleted', 'epoch', 'largest'];
    return toState(await connection.command('read', 'HMGET', args, call));
  }
}

function toState(reply: unknown): State {
  const [head = 0, deletedTo = 0, epoch = 0, largest = 0] = list(reply).map(number);
  return { head, deletedTo, epoch, largest };
}

function toStanding(reply: unknown): Standing {
  const [head, epoch, last] = list(reply);
  return { head: number(head), epoch: number(epoch), last: last === undefined ? undefined : number(last) };
}

/** An entry of the stream of events. */
export function toEvent(entry: unknown): StoredEvent {
  const [id, fields] = list(entry);
  const { payload, facts } = fromRecord(bytes(list(fields)[1]));
  const [epoch, at] = facts;
  // Its id is the sequence number and "-0".
  return { ...payload, sequenceNr: parseInt(text(id), 10), epoch: Number(epoch), at: Number(at) };
}

/** Streams are listed by their members, so a page ends at one. A semicolon follows the colon. */
function memberRange({ namespace, persistenceId, after }: ListQuery): readonly [from: string, to: string] {
  if (after !== undefined && fromMember(namespace, after) === undefined) {
    throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
  }
  const prefix = persistenceId === undefined ? '' : memberOf(persistenceId, '');
  const from = after === undefined ? `[${prefix}` : `(${after}`;
  return [from === '[' ? '-' : from, prefix === '' ? '+' : `(${prefix.slice(0, -1)};`];
}
