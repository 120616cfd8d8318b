import { StoreError } from '../errors.ts';
import type { EventPage, PageSize, ReadQuery, StoredEvent } from '../journal.ts';
import type { OpOptions, SequenceNr } from '../stream.ts';
import { throwIfOver } from './outcomes.ts';
import { validateRead } from './validate.ts';

/** One keyset read: at most `events` events from `from` on, towards `to`, both included. May stop earlier at `bytes`, never before one event. */
export interface PageFetch {
  (range: {
    from: SequenceNr;
    to: SequenceNr;
    backward: boolean;
    events: number;
    bytes: number;
  }): Promise<readonly StoredEvent[]>;
}

/** What survives of a stream: `deletedTo + 1 … head`. */
export interface Bounds {
  readonly head: SequenceNr;
  readonly deletedTo: SequenceNr;
}

/**
 * Turns keyset reads into `Journal.read`: pages bounded by events and bytes, every event next to the one before it, nothing
 * read before it is asked for and nothing held between pages. `bounds` is asked once, when iteration begins.
 */
export async function* readPages(
  query: ReadQuery,
  fallback: PageSize,
  bounds: () => Promise<Bounds>,
  fetch: PageFetch,
  options: OpOptions,
): AsyncGenerator<EventPage, void, undefined> {
  validateRead(query);
  throwIfOver(options);
  const { head, deletedTo } = await bounds();
  const low = Math.max(query.from ?? 1, deletedTo + 1);
  const high = Math.min(query.to ?? head, head);
  const wanted = Math.min(query.limit ?? Infinity, high - low + 1);
  const backward = query.direction === 'backward';
  const page = query.page ?? fallback;
  let next = backward ? high : low;
  let left = wanted;
  while (left > 0) {
    throwIfOver(options);
    const events = await fetch({
      from: next,
      to: backward ? low : high,
      backward,
      events: Math.min(page.events, left),
      bytes: page.bytes,
    });
    for (const event of events) {
      if (event.sequenceNr !== next) throw gap(next, event.sequenceNr);
      next += backward ? -1 : 1;
    }
    if (events.length === 0) throw gap(next, undefined);
    left -= events.length;
    yield { events, last: left === 0 };
  }
}

function gap(expected: SequenceNr, found: SequenceNr | undefined): StoreError {
  const what = found === undefined ? 'nothing' : `event ${found}`;
  return new StoreError('IntegrityError', `the stream has a gap: event ${expected} is missing, found ${what}`);
}
