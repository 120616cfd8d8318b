import { StoreError } from '../errors.ts';
import type { StoredEvent } from '../journal.ts';
import type { Epoch, SequenceNr } from '../stream.ts';
import { decodePacked } from './packed.ts';
import type { PageFetch } from './pages.ts';
import { payloadBytes } from './validate.ts';

/** One append as it is stored: events `first … last` in a body that `encodePacked` made. */
export interface PackedRecord {
  readonly first: SequenceNr;
  readonly last: SequenceNr;
  readonly epoch: Epoch;
  readonly at: number;
  readonly body: Uint8Array;
}

/**
 * The records that hold `from … to`, in the direction of reading: the first is the one with `from` in it. It may return as few as
 * it likes, but none only when there is none, and nothing but records with events; what lies outside of the range is cut off.
 */
export interface RecordFetch {
  (range: Parameters<PageFetch>[0]): Promise<readonly PackedRecord[]>;
}

/** `readPages` over packed records, for one read: what a page leaves of the records that were fetched begins the next one. */
export function packedFetch(fetch: RecordFetch): PageFetch {
  let waiting: Iterator<StoredEvent, undefined> | undefined;
  let next: StoredEvent | undefined;
  return async (range) => {
    if (next?.sequenceNr !== range.from) {
      waiting = eventsOf(await fetch(range), range);
      next = waiting.next().value;
    }
    const events: StoredEvent[] = [];
    for (let bytes = 0; next !== undefined && events.length < range.events; next = waiting?.next().value) {
      bytes += payloadBytes(next);
      if (bytes > range.bytes && events.length > 0) break;
      events.push(next);
    }
    return events;
  };
}

function* eventsOf(
  records: readonly PackedRecord[],
  { from, to, backward }: Parameters<PageFetch>[0],
): Generator<StoredEvent, undefined> {
  const [low, high] = backward ? [to, from] : [from, to];
  for (const { body, first, last, epoch, at } of records) {
    const events = decodePacked(body, first, epoch, at);
    if (events.length !== last - first + 1) {
      const message = `the record of events ${first} … ${last} is damaged: it holds ${events.length}`;
      throw new StoreError('IntegrityError', message);
    }
    if (backward) events.reverse();
    for (const event of events) if (event.sequenceNr >= low && event.sequenceNr <= high) yield event;
  }
  return undefined;
}
