import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedQuery, Offset, OpOptions } from '@stategate/journal-spi';
import { feedPages, validateFeed } from '@stategate/journal-spi/kit';
import type { Calls, FeedStep } from '@stategate/journal-spi/kit';
import type { Database, Log } from './database.ts';
import { TUNING } from './limits.ts';
import { ensureLog, toEvent } from './streams.ts';

const START = '0';

/** An offset is the number of events that the namespace had when everything up to it was delivered. */
export function createFeed(database: Database, calls: Calls): ChangeFeed {
  const count = (namespace: string) => database.logs.get(namespace)?.events ?? 0;
  const look = (namespace: string, options: OpOptions) => calls.run('read', options, async () => count(namespace));

  return {
    async *read(query, options) {
      validateFeed(query);
      yield* feedPages(query, TUNING.page, query.after ?? START, stepsOf(query, options));
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      return String(await look(namespace, options));
    },
  };

  async function* stepsOf(query: FeedQuery, options: OpOptions): AsyncGenerator<FeedStep | 'idle', void, undefined> {
    const { namespace, after = START, live } = query;
    const now = await look(namespace, options);
    let position = toPosition(after, now);
    while (live || position < now) {
      if (position < (await look(namespace, options))) {
        const step = stepBehind(position, ensureLog(database, namespace), query);
        yield step;
        position = Number(step.offset(step.events.length));
      } else {
        yield 'idle';
        // It may have rung while the page was being read.
        if (position === count(namespace)) await database.bell.wait(Infinity, options);
      }
    }
  }
}

function toPosition(after: Offset, end: number): number {
  if (!/^\d{1,15}$/.test(after)) throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
  if (Number(after) <= end) return Number(after);
  throw new StoreError('OffsetExpired', `the in-memory store has ${end} events and cannot go on after event ${after}`);
}

/** The events of the next append as far as they are behind the position; deleted ones are passed over. */
function stepBehind(position: number, log: Log, { persistenceId }: FeedQuery): FeedStep {
  const batch = log.batches[firstBehind(log, position)];
  if (batch === undefined) {
    const end = String(log.events);
    return { events: [], offset: () => end };
  }
  const { stream, start, first, last } = batch;
  const wanted = persistenceId === undefined || stream.key.persistenceId === persistenceId;
  const from = Math.max(first, first + position - start);
  const indexOf = (sequenceNr: number) => Math.max(0, sequenceNr - stream.deletedTo - 1);
  const found = wanted ? stream.records.slice(indexOf(from), indexOf(last + 1)) : [];
  const events = found.map((stored) => ({ ...toEvent(stored), stream: stream.key }));
  return { events, offset: (count) => String(start + (events[count]?.sequenceNr ?? last + 1) - first) };
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
