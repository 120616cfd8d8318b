import { StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Journal,
  ListQuery,
  Payload,
  RecoverRequest,
  StoredEvent,
  StreamPage,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  journalFrom,
  judgeAppend,
  outcomeOf,
  payloadBytes,
  resolutionOf,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Calls, Found, PageFetch, Standing, StreamState } from '@stategate/journal-spi/kit';
import { flat } from './database.ts';
import type { Batch, Database, Stream } from './database.ts';
import { LIMITS, TUNING } from './limits.ts';
import { newestSnapshot } from './snapshots.ts';
import { ensureLog, ensureStream, findStream, toEvent, toStored } from './streams.ts';

/** Fewer are not worth going through all for. */
const MIN_DEAD_BATCHES = 1000;

export function createJournal(database: Database, calls: Calls, now: () => number): Journal {
  return journalFrom(calls, {
    limits: LIMITS,
    page: TUNING.page,

    async appendMany(requests) {
      const at = now();
      const outcomes = requests.map((request) => outcomeOf(() => append(database, request, at)));
      database.bell.ring();
      return outcomes;
    },

    resolve: async ({ stream, expected, token }) =>
      resolutionOf(expected, standingOf(findStream(database, stream), expected, token)),

    recoverMany: async (requests) => requests.map((request) => outcomeOf(() => seal(database, request))),

    state: async (key) => stateOf(findStream(database, key)),

    fetch: (key, _, options) => (range) =>
      calls.run('read', options, async () => slice(findStream(database, key), range)),

    async deleteTo(key, sequenceNr, fence) {
      const stream = findStream(database, key);
      if (stream === undefined) return;
      checkEpoch(fence, stream.epoch);
      deleteTo(database, stream, Math.min(sequenceNr, stream.head));
    },

    list: async (query) => list(database, query),
  });
}

function append(database: Database, request: AppendRequest, now: number): AppendResult {
  const { expected, fence, token, events } = request;
  const found = findStream(database, request.stream);
  const earlier = judgeAppend(request, standingOf(found, expected, token));
  if (earlier !== undefined) return earlier;

  const stream = found ?? ensureStream(database, request.stream);
  database.take(events.length, sumOf(events));
  const log = ensureLog(database, stream.key.namespace);
  if (stream.head === 0) log.written.push(stream);
  const [first, last] = [expected + 1, expected + events.length];
  const batch: Batch = { stream, start: log.events, token: flat(token), epoch: fence.epoch, first, last };
  log.batches.push(batch);
  log.events += events.length;
  for (const [at, event] of events.entries()) stream.records.push(toStored(event, first + at, now, batch));
  stream.head = last;
  stream.epoch = fence.epoch;
  return { lastSequenceNr: last, duplicate: false };
}

function stateOf({ head, deletedTo, epoch }: StreamState = { head: 0, deletedTo: 0, epoch: 0 }): StreamState {
  return { head, deletedTo, epoch };
}

function standingOf(stream: Stream | undefined, expected: number, token: string): Standing {
  const batch = stream?.records[expected - stream.deletedTo]?.batch;
  const follows = batch?.first === expected + 1 && batch.token === token;
  return { ...stateOf(stream), last: follows ? batch.last : undefined };
}

function seal(database: Database, { stream: key, fence, snapshot }: RecoverRequest): Found<StreamState> {
  const stream = ensureStream(database, key);
  checkEpoch(fence, stream.epoch);
  stream.epoch = fence.epoch;
  return { state: stateOf(stream), snapshot: snapshot ? newestSnapshot(database, key) : null };
}

function slice(stream: Stream | undefined, range: Parameters<PageFetch>[0]): StoredEvent[] {
  const events: StoredEvent[] = [];
  if (stream === undefined) return events;
  const step = range.backward ? -1 : 1;
  let bytes = 0;
  for (let at = range.from; events.length < range.events; at += step) {
    const stored = stream.records[at - stream.deletedTo - 1];
    if (stored === undefined) break;
    bytes += payloadBytes(stored);
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
  const found: StreamPage['streams'][number][] = [];
  for (let at = cursor(after); at < streams.length; at += 1) {
    const stream = streams[at];
    if (stream === undefined || (persistenceId !== undefined && stream.key.persistenceId !== persistenceId)) continue;
    if (found.length === limit) return { streams: found, next: String(at) };
    found.push({ ...stream.key, ...toHead(stream) });
  }
  return { streams: found };
}

function cursor(after = '0'): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
}

function sumOf(events: readonly Payload[]): number {
  return events.reduce((sum, event) => sum + payloadBytes(event), 0);
}
