import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedPage, FeedQuery } from '@stategate/journal-spi';
import { validateFeed } from '@stategate/journal-spi/kit';
import type { Database, Log } from './database.ts';
import type { Gate } from './gate.ts';
import { TUNING } from './limits.ts';
import { bytesOf, toEvent } from './streams.ts';

/** An offset is the number of events that the namespace had when everything up to it was delivered. */
export function createFeed(database: Database, gate: Gate): ChangeFeed {
  return {
    async *read(query, options) {
      gate.enter(options);
      validateFeed(query);
      const { namespace, live } = query;
      const end = live ? Infinity : ended(database, namespace);
      let position = startOf(query, ended(database, namespace));
      while (position < end) {
        gate.enter(options);
        const log = database.logs.get(namespace);
        if (log !== undefined && position < log.events) {
          const page = pageAfter(log, position, Math.min(end, log.events), query);
          position = Number(page.checkpoint);
          yield page;
        } else {
          await database.bell.wait(Infinity, options);
        }
      }
    },

    async now(namespace, options) {
      gate.enter(options);
      validateFeed({ namespace, live: false });
      return String(ended(database, namespace));
    },
  };
}

function ended(database: Database, namespace: string): number {
  return database.logs.get(namespace)?.events ?? 0;
}

function startOf({ after = '0' }: FeedQuery, end: number): number {
  if (!/^\d{1,15}$/.test(after)) throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
  if (Number(after) <= end) return Number(after);
  throw new StoreError('OffsetExpired', `the in-memory store has ${end} events and cannot go on after event ${after}`);
}

/** The events of positions `position + 1 … end` as far as a page takes them; deleted ones are passed over. */
function pageAfter(log: Log, position: number, end: number, { persistenceId, pageEvents }: FeedQuery): FeedPage {
  const most = pageEvents ?? TUNING.page.events;
  const events: FeedEvent[] = [];
  let bytes = 0;
  let passed = position;
  for (let index = firstBehind(log, position); passed < end; index += 1) {
    const batch = log.batches[index];
    if (batch === undefined) break;
    const { stream, start, first, last } = batch;
    const wanted = persistenceId === undefined || stream.key.persistenceId === persistenceId;
    const from = Math.max(first, stream.deletedTo + 1, first + passed - start);
    for (let sequenceNr = from; wanted && sequenceNr <= last; sequenceNr += 1) {
      const stored = stream.records[sequenceNr - stream.deletedTo - 1];
      if (stored === undefined) break;
      bytes += bytesOf(stored);
      if (events.length === most || (events.length > 0 && bytes > TUNING.page.bytes)) {
        return { events, checkpoint: String(passed) };
      }
      events.push({ ...toEvent(stored), stream: stream.key });
      passed = start + sequenceNr - first + 1;
    }
    passed = start + last - first + 1;
  }
  return { events, checkpoint: String(end) };
}

/** Index of the first append that has an event behind the position. */
function firstBehind({ batches }: Log, position: number): number {
  let [low, high] = [0, batches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const batch = batches[middle];
    if (batch !== undefined && batch.start + batch.last - batch.first < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
