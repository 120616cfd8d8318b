import type {
  AppendRequest,
  AppendResult,
  Journal,
  Recovered,
  RecoverRequest,
  StreamHead,
  StreamKey,
} from '@stategate/journal-spi';
import { StoreError } from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  checkSnapshot,
  only,
  outcomeOf,
  type PageFetch,
  payloadBytes,
  readPages,
  validateAppend,
  validateDelete,
  validateList,
  validateRecover,
  validateStream,
} from '@stategate/journal-spi/kit';
import { LIMITS, TUNING } from './limits.ts';
import { fromLine, type Log, toLine } from './log.ts';
import type { StreamState } from './state.ts';

const NOTHING: StreamState = { epoch: 0, deletedTo: 0, events: [], snapshots: [] };

export function createJournal(log: Log, now: () => number): Journal {
  const journal: Journal = {
    async append(request, options) {
      return only(await journal.appendMany([request], options));
    },

    // Each request is checked against what the ones before it made, then all are flushed at once.
    async appendMany(requests, options) {
      log.state(options);
      return requests.map((request) => outcomeOf(() => append(log, request, now())));
    },

    async resolve({ stream, expected, token }, options) {
      const { events } = find(log, stream, options);
      if (events[expected]?.token === token) return { outcome: 'applied', lastSequenceNr: batchEnd(events, expected) };
      return { outcome: events.length > expected ? 'superseded' : 'absent', head: events.length };
    },

    async recover(request, options) {
      return only(await journal.recoverMany([request], options));
    },

    async recoverMany(requests, options) {
      log.state(options);
      return requests.map((request) => outcomeOf(() => recover(log, request)));
    },

    read(stream, query, options) {
      validateStream(stream);
      return readPages(
        query,
        TUNING.page,
        async () => headOf(find(log, stream, options)),
        fetchFrom(log, stream),
        options,
      );
    },

    async head(stream, options) {
      return headOf(find(log, stream, options));
    },

    async deleteTo(stream, sequenceNr, fence, options) {
      validateDelete(stream, sequenceNr, fence);
      const { epoch, deletedTo, events } = find(log, stream, options);
      checkEpoch(fence, epoch);
      const to = Math.min(sequenceNr, events.length);
      if (to > deletedTo) log.add([{ did: 'delete', stream: nameOf(stream), to }]);
    },

    async list(query, options) {
      validateList(query);
      const { streams } = log.state(options);
      const all = [...streams]
        .filter(([name, { events }]) => events.length > 0 && name > (query.after ?? ''))
        .map(([name, state]) => ({ name, ...keyOf(name), ...headOf(state) }))
        .filter(
          ({ namespace, persistenceId }) =>
            namespace === query.namespace && persistenceId === (query.persistenceId ?? persistenceId),
        )
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const page = all.slice(0, query.limit);
      const next = page.at(-1)?.name;
      return {
        streams: page.map(({ name: _name, ...stream }) => stream),
        ...(all.length > page.length && next !== undefined && { next }),
      };
    },
  };
  return journal;
}

/** The order of the checks is the same in every driver: token, epoch, head. */
function append(log: Log, request: AppendRequest, at: number): AppendResult {
  validateAppend(request, LIMITS);
  const { stream, expected, fence, token } = request;
  const { events, epoch } = find(log, stream);
  if (events[expected]?.token === token) {
    const lastSequenceNr = batchEnd(events, expected);
    if (lastSequenceNr !== expected + request.events.length) {
      throw new StoreError('InvalidRequest', `the token ${token} was used for another append of this stream`);
    }
    return { lastSequenceNr, duplicate: true };
  }
  checkEpoch(fence, epoch);
  checkHead(expected, events.length);
  log.add([
    { did: 'append', stream: nameOf(stream), epoch: fence.epoch, token, at, events: request.events.map(toLine) },
  ]);
  return { lastSequenceNr: expected + request.events.length, duplicate: false };
}

function recover(log: Log, request: RecoverRequest): Recovered {
  validateRecover(request);
  const { stream, fence, snapshot: wanted, after, page } = request;
  const state = find(log, stream);
  checkEpoch(fence, state.epoch);
  if (fence.epoch > state.epoch) log.add([{ did: 'seal', stream: nameOf(stream), epoch: fence.epoch }]);
  const head = { ...headOf(find(log, stream)) };
  const [newest] = wanted ? state.snapshots : [];
  checkSnapshot(newest?.sequenceNr ?? after ?? 0, head.head);
  const from = (newest?.sequenceNr ?? after ?? head.deletedTo) + 1;
  return {
    head,
    ...(newest !== undefined && {
      snapshot: { ...fromLine(newest.state), sequenceNr: newest.sequenceNr, at: newest.at },
    }),
    pages: readPages({ from, to: head.head, page }, page, async () => head, fetchFrom(log, stream), {}),
  };
}

/** One keyset read; the kit makes pages of it. */
function fetchFrom(log: Log, stream: StreamKey): PageFetch {
  return async ({ from, backward, to, events: most, bytes }) => {
    const { events } = find(log, stream);
    const page = [];
    let size = 0;
    for (let n = from; page.length < most && (backward ? n >= to : n <= to); n += backward ? -1 : 1) {
      const stored = events[n - 1];
      if (stored === undefined) break;
      const event = { ...fromLine(stored.line), sequenceNr: n, epoch: stored.epoch, at: stored.at };
      size += payloadBytes(event);
      if (size > bytes && page.length > 0) break;
      page.push(event);
    }
    return page;
  };
}

function find(log: Log, stream: StreamKey, options = {}): StreamState {
  validateStream(stream);
  return log.state(options).streams.get(nameOf(stream)) ?? NOTHING;
}

function headOf({ events, deletedTo, epoch }: StreamState): StreamHead {
  return { head: events.length, deletedTo, epoch, exists: events.length > 0 };
}

/** The last sequence number of the append whose first event stands at this index. */
function batchEnd(events: StreamState['events'], index: number): number {
  const next = events.findIndex(({ token }, i) => i > index && token !== null);
  return next < 0 ? events.length : next;
}

/** JSON keeps the three parts apart, whatever they hold. */
export function nameOf({ namespace, persistenceId, entityId }: StreamKey): string {
  return JSON.stringify([namespace, persistenceId, entityId]);
}

function keyOf(name: string): StreamKey {
  const [namespace = '', persistenceId = '', entityId = ''] = JSON.parse(name) as string[];
  return { namespace, persistenceId, entityId };
}
