import { StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Journal,
  ListQuery,
  OpOptions,
  RecoverRequest,
  Resolution,
  StoredEvent,
  StreamKey,
} from '@stategate/journal-spi';
import { checkHead, eachInOrder, fenced, journalFrom, toHead } from '@stategate/journal-spi/kit';
import type { Found, PageFetch, StreamState } from '@stategate/journal-spi/kit';
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

    async resolve({ stream, expected, token }, call): Promise<Resolution> {
      const { head, events } = keys.stream(stream);
      const [outcome, at] = list(await connection.run(RESOLVE, 'read', [head, events], [expected, token], call));
      switch (text(outcome)) {
        case 'applied':
          return { outcome: 'applied', lastSequenceNr: number(at) };
        case 'superseded':
          return { outcome: 'superseded', head: number(at) };
        default:
          return { outcome: 'absent', head: number(at) };
      }
    },

    recoverMany: (requests, call) => eachInOrder(requests, keyOf, (request) => recover(request, call)),
    state,
    fetch:
      (stream, { largest }, options) =>
      (range) =>
        pageOf(stream, range, largest, options),

    async deleteTo(stream, sequenceNr, fence, call) {
      const { head, events } = keys.stream(stream);
      const args = [sequenceNr, fence.epoch];
      const [outcome, detail] = list(await connection.run(DELETE_TO, 'write', [head, events], args, call));
      if (text(outcome) === 'fenced') throw fenced(fence, number(detail));
    },

    async list(query, options) {
      const [from, to] = memberRange(query);
      const limit = Math.min(query.limit, LIST_LIMIT);
      // One more than asked for says whether there is a next page.
      const args = [keys.streams(query.namespace), from, to, 'LIMIT', 0, limit + 1];
      const members = list(await connection.command('read', 'ZRANGEBYLEX', args, options)).map(text);
      const streams = await Promise.all(
        members.slice(0, limit).map(async (member) => {
          const stream = fromMember(query.namespace, member);
          if (stream === undefined) throw new StoreError('IntegrityError', `"${member}" is not the name of a stream`);
          return { ...stream, ...toHead(await state(stream, options)) };
        }),
      );
      const next = members.length > limit ? members[limit - 1] : undefined;
      return next === undefined ? { streams } : { streams, next };
    },
  });

  async function append(request: AppendRequest, now: number, options: OpOptions): Promise<AppendResult> {
    const { expected, fence, token, events } = request;
    const stream = keys.stream(request.stream);
    const records = events.map((event) => toRecord(event, [fence.epoch, now]));
    const largest = Math.max(...records.map((record) => record.byteLength));
    const size = records.reduce((sum, record) => sum + record.byteLength, 0);
    const reply = await connection.run(
      APPEND,
      'write',
      [stream.head, stream.events, keys.feed(request.stream.namespace), keys.streams(request.stream.namespace)],
      [
        expected,
        fence.epoch,
        token,
        expected + events.length,
        largest,
        stream.member,
        feedMaxAppends ?? '',
        size,
        ...records,
      ],
      options,
    );
    const [outcome, detail] = list(reply);
    switch (text(outcome)) {
      case 'written':
      case 'duplicate':
        return { lastSequenceNr: number(detail), duplicate: text(outcome) === 'duplicate' };
      case 'fenced':
        throw fenced(fence, number(detail));
      case 'beyond':
        throw new StoreError(
          'IntegrityError',
          `the stream has events beyond its head ${expected}: a key in Redis was lost`,
        );
      default:
        checkHead(expected, number(detail));
        throw unexpected(outcome);
    }
  }

  async function recover(request: RecoverRequest, options: OpOptions): Promise<Found<State>> {
    const { stream, fence, snapshot, after = 0, page } = request;
    const { head, events, snapshots } = keys.stream(stream);
    const args = [fence.epoch, snapshot ? 1 : 0, after, page.events, page.bytes];
    const reply = list(await connection.run(RECOVER, 'seal', [head, events, snapshots], args, options));
    const [outcome, detail, deletedTo, record, largest, entries] = reply;
    if (text(outcome) === 'fenced') throw fenced(fence, number(detail));
    return {
      state: { head: number(detail), deletedTo: number(deletedTo), epoch: fence.epoch, largest: number(largest) },
      snapshot: record === null ? null : toSnapshot(bytes(record)),
      first: list(entries).map(toEvent),
    };
  }

  async function state(stream: StreamKey, options: OpOptions): Promise<State> {
    const args = [keys.stream(stream).head, 'head', 'deleted', 'epoch', 'largest'];
    const reply = await connection.command('read', 'HMGET', args, options);
    const [head = 0, deletedTo = 0, epoch = 0, largest = 0] = list(reply).map(number);
    return { head, deletedTo, epoch, largest };
  }

  /** Where the largest record cannot make the page too large Redis gives it by itself: a script, which measures, takes twice as long. */
  async function pageOf(
    stream: StreamKey,
    { from, to, backward, events: most, bytes: size }: Parameters<PageFetch>[0],
    largest: number,
    options: OpOptions,
  ): Promise<readonly StoredEvent[]> {
    const { head, events } = keys.stream(stream);
    const fit = Math.min(most, Math.floor(size / Math.max(1, largest)));
    const reply =
      fit >= Math.min(most, ENOUGH_EVENTS)
        ? await connection.command(
            'read',
            backward ? 'XREVRANGE' : 'XRANGE',
            [events, `${from}-0`, `${to}-0`, 'COUNT', fit],
            options,
          )
        : await connection.run(READ, 'read', [head, events], [from, to, backward ? 1 : 0, most, size], options);
    return list(reply).map(toEvent);
  }
}

/** An entry of the stream of events. */
export function toEvent(entry: unknown): StoredEvent {
  const [id, fields] = list(entry);
  const { payload, facts } = fromRecord(bytes(list(fields)[1]));
  const [epoch, at] = facts.map(Number);
  // Its id is the sequence number and "-0".
  return { ...payload, sequenceNr: parseInt(text(id), 10), epoch: epoch ?? 0, at: at ?? 0 };
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

function unexpected(outcome: unknown): Error {
  return new Error(`a script of the Redis driver answered "${String(outcome)}" where it makes no sense`);
}
