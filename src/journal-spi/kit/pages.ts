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
 * read before it is asked for and nothing held between pages. `bounds` is asked when iteration begins, and again when events are
 * missing: they may have been deleted since, and then the read goes on behind them.
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
  let low = Math.max(query.from ?? 1, deletedTo + 1);
  const high = Math.min(query.to ?? head, head);
  const backward = query.direction === 'backward';
  const step = backward ? -1 : 1;
  const page = query.page ?? fallback;
  let next = backward ? high : low;
  let left = Math.min(query.limit ?? Infinity, high - low + 1);
  while (left > 0) {
    throwIfOver(options);
    const events = await fetch({
      from: next,
      to: backward ? low : high,
      backward,
      events: Math.min(page.events, left),
      bytes: page.bytes,
    });
    const wrong = events.findIndex(({ sequenceNr }, index) => sequenceNr !== next + index * step);
    if (wrong === -1 && events.length > 0) {
      next += events.length * step;
      left -= events.length;
      yield { events, last: left === 0 };
      continue;
    }
    const missing = next + Math.max(wrong, 0) * step;
    const deleted = (await bounds()).deletedTo;
    if (missing > deleted) throw gap(missing, events[wrong]?.sequenceNr);
    low = Math.max(low, deleted + 1);
    if (!backward) next = low;
    left = Math.min(left, backward ? next - low + 1 : high - low + 1);
    if (left <= 0) yield { events: [], last: true };
  }
}

/** `bounds` of a recovery, which has them already: only when events are missing they are asked for. */
export function knownBounds(known: Bounds, again: () => Promise<Bounds>): () => Promise<Bounds> {
  let first = true;
  return async () => {
    if (!first) return again();
    first = false;
    return known;
  };
}

function gap(expected: SequenceNr, found: SequenceNr | undefined): StoreError {
  const what = found === undefined ? 'nothing' : `event ${found}`;
  return new StoreError('IntegrityError', `the stream has a gap: event ${expected} is missing, found ${what}`);
}
