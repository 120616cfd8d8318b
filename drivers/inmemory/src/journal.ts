import { StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Journal,
  ListQuery,
  Outcome,
  Payload,
  Recovered,
  RecoverRequest,
  Resolution,
  StoredEvent,
  StreamKey,
  StreamPage,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  checkSnapshot,
  knownBounds,
  only,
  outcomeOf,
  readPages,
  validateAppend,
  validateDelete,
  validateList,
  validateRecover,
  validateStream,
} from '@stategate/journal-spi/kit';
import type { PageFetch } from '@stategate/journal-spi/kit';
import { flat } from './database.ts';
import type { Database, Log } from './database.ts';
import type { Gate } from './gate.ts';
import { LIMITS, TUNING } from './limits.ts';
import { copySnapshot } from './snapshots.ts';
import { bytesOf, ensureStream, findStream, headOf, newestSnapshot, toEvent, toStored } from './streams.ts';
import type { Batch, Stored, Stream } from './streams.ts';

/** Fewer are not worth going through all for. */
const MIN_DEAD_BATCHES = 1000;

export function createJournal(database: Database, gate: Gate): Journal {
  const journal: Journal = {
    async append(request, options) {
      return only(await journal.appendMany([request], options));
    },

    async appendMany(requests, options) {
      gate.enterToWrite(options);
      const at = gate.now();
      const outcomes = requests.map((request): Outcome<AppendResult> => outcomeOf(() => append(database, request, at)));
      database.bell.ring();
      return outcomes;
    },

    async resolve({ stream, expected, token }, options) {
      gate.enter(options);
      validateStream(stream);
      return resolve(findStream(database, stream), expected, token);
    },

    async recover(request, options) {
      return only(await journal.recoverMany([request], options));
    },

    async recoverMany(requests, options) {
      gate.enterToWrite(options);
      return requests.map((request): Outcome<Recovered> =>
        outcomeOf(() => {
          const { stream, snapshot } = seal(database, request);
          const head = headOf(stream);
          const query = { from: (snapshot?.sequenceNr ?? request.after ?? 0) + 1, page: request.page };
          const bounds = knownBounds(head, async () => headOf(stream));
          const pages = readPages(query, request.page, bounds, fetchFrom(stream.key), options);
          return snapshot === undefined ? { head, pages } : { head, pages, snapshot };
        }),
      );
    },

    read(stream, query, options) {
      async function bounds() {
        gate.enter(options);
        validateStream(stream);
        return headOf(findStream(database, stream));
      }
      return readPages(query, TUNING.page, bounds, fetchFrom(stream), options);
    },

    async head(stream, options) {
      gate.enter(options);
      validateStream(stream);
      return headOf(findStream(database, stream));
    },

    async deleteTo(key, sequenceNr, fence, options) {
      gate.enterToWrite(options);
      validateDelete(key, sequenceNr, fence);
      const stream = findStream(database, key);
      if (stream === undefined) return;
      checkEpoch(fence, stream.epoch);
      deleteTo(database, stream, Math.min(sequenceNr, stream.head));
    },

    async list(query, options) {
      gate.enter(options);
      validateList(query);
      return list(database, query);
    },
  };

  function fetchFrom(key: StreamKey): PageFetch {
    return async (range) => {
      gate.enter({});
      const stream = findStream(database, key);
      return stream === undefined ? [] : slice(stream, range);
    };
  }

  return journal;
}

/** Token, then epoch, then sequence. */
function append(database: Database, request: AppendRequest, at: number): AppendResult {
  validateAppend(request, LIMITS);
  const { expected, fence, token, events } = request;
  const found = findStream(database, request.stream);
  const earlier = batchAfter(found, expected);
  if (earlier?.token === token) return { lastSequenceNr: earlier.last, duplicate: true };
  checkEpoch(fence, found?.epoch ?? 0);
  checkHead(expected, found?.head ?? 0);

  const stream = found ?? ensureStream(database, request.stream);
  database.take(events.length, sumOf(events));
  const log = ensureLog(database, stream.key.namespace);
  if (stream.head === 0) log.written.push(stream);
  const [first, last] = [expected + 1, expected + events.length];
  const batch: Batch = { stream, start: log.events, token: flat(token), epoch: fence.epoch, first, last };
  log.batches.push(batch);
  log.events += events.length;
  for (const event of events) {
    stream.head += 1;
    stream.records.push(toStored(event, stream.head, at, batch));
  }
  stream.epoch = fence.epoch;
  return { lastSequenceNr: batch.last, duplicate: false };
}

function resolve(stream: Stream | undefined, expected: number, token: string): Resolution {
  const batch = batchAfter(stream, expected);
  if (batch?.token === token) return { outcome: 'applied', lastSequenceNr: batch.last };
  const head = stream?.head ?? 0;
  return { outcome: head > expected ? 'superseded' : 'absent', head };
}

/** The append that follows `expected`. */
function batchAfter(stream: Stream | undefined, expected: number): Batch | undefined {
  const batch = stream?.records[expected - stream.deletedTo]?.batch;
  return batch?.first === expected + 1 ? batch : undefined;
}

function seal(database: Database, request: RecoverRequest) {
  validateRecover(request);
  const stream = ensureStream(database, request.stream);
  checkEpoch(request.fence, stream.epoch);
  stream.epoch = request.fence.epoch;
  const newest = request.snapshot ? newestSnapshot(stream) : undefined;
  checkSnapshot(newest?.sequenceNr ?? request.after ?? 0, stream.head);
  if (newest === undefined) return { stream };
  return { stream, snapshot: copySnapshot(newest) };
}

function slice(stream: Stream, range: Parameters<PageFetch>[0]): StoredEvent[] {
  const events: StoredEvent[] = [];
  const step = range.backward ? -1 : 1;
  let bytes = 0;
  for (let at = range.from; events.length < range.events; at += step) {
    const stored = stream.records[at - stream.deletedTo - 1];
    if (stored === undefined) break;
    bytes += bytesOf(stored);
    if (bytes > range.bytes && events.length > 0) break;
    events.push(toEvent(stored));
  }
  return events;
}

function deleteTo(database: Database, stream: Stream, sequenceNr: number): void {
  if (sequenceNr <= stream.deletedTo) return;
  const removed = stream.records.splice(0, sequenceNr - stream.deletedTo);
  stream.deletedTo = sequenceNr;
  database.free(removed.length, sumOf(removed));
  const log = ensureLog(database, stream.key.namespace);
  log.deadBatches += removed.filter((stored) => stored.sequenceNr === stored.batch.last).length;
  if (log.deadBatches < MIN_DEAD_BATCHES || log.deadBatches < log.batches.length / 2) return;
  log.batches = log.batches.filter((batch) => batch.last > batch.stream.deletedTo);
  log.deadBatches = 0;
}

/** Cursors are places in the order of first events, which never changes. */
function list(database: Database, { namespace, persistenceId, after, limit }: ListQuery): StreamPage {
  const streams = database.logs.get(namespace)?.written ?? [];
  const found: (StreamKey & ReturnType<typeof headOf>)[] = [];
  for (let at = cursor(after); at < streams.length; at += 1) {
    const stream = streams[at];
    if (stream === undefined || (persistenceId !== undefined && stream.key.persistenceId !== persistenceId)) continue;
    if (found.length === limit) return { streams: found, next: String(at) };
    found.push({ ...stream.key, ...headOf(stream) });
  }
  return { streams: found };
}

function cursor(after = '0'): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
}

function ensureLog(database: Database, namespace: string): Log {
  const found = database.logs.get(namespace);
  if (found !== undefined) return found;
  const log: Log = { written: [], batches: [], deadBatches: 0, events: 0 };
  database.logs.set(namespace, log);
  return log;
}

function sumOf(events: readonly (Payload | Stored)[]): number {
  return events.reduce((sum, event) => sum + bytesOf(event), 0);
}
