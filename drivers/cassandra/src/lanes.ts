import { StoreError } from '@stategate/journal-spi';
import type { OpOptions } from '@stategate/journal-spi';
import { throwIfOver, within } from '@stategate/journal-spi/kit';
import type { Over } from '@stategate/journal-spi/kit';

const MAX_WAITING = 10_000;

/** What those of one key hand on to each other. It is forgotten when nobody is left. */
interface Turn<State> {
  /** What the one before left, if anything. */
  readonly before: State | undefined;
  /** For the next one; nothing, unless it is set. */
  after: State | undefined;
}

interface Lane<State> {
  state: State | undefined;
  last: Promise<void>;
  length: number;
}

/**
 * Conditional writes to one partition that run at once take each other's turn again and again, and may end without an answer. So
 * those of this process go one after the other, in the order in which they were asked for.
 */
export class Lanes<State> {
  readonly #lanes = new Map<string, Lane<State>>();
  #length = 0;

  async run<T>(key: readonly string[], options: OpOptions, work: (turn: Turn<State>) => Promise<T>): Promise<T> {
    if (this.#length >= MAX_WAITING) {
      throw new StoreError('Throttled', `${this.#length} writes are waiting: the store is too slow`);
    }
    const name = JSON.stringify(key);
    const lane = this.#lanes.get(name) ?? { state: undefined, last: Promise.resolve(), length: 0 };
    this.#lanes.set(name, lane);
    const before = lane.last;
    const done = Promise.withResolvers<void>();
    lane.last = done.promise;
    lane.length += 1;
    this.#length += 1;
    try {
      await within(before, options, notSent);
      throwIfOver(options);
      const turn: Turn<State> = { before: lane.state, after: undefined };
      try {
        return await work(turn);
      } finally {
        lane.state = turn.after;
      }
    } finally {
      // One that gave up lets nobody overtake those before it.
      void before.then(done.resolve);
      lane.length -= 1;
      this.#length -= 1;
      if (lane.length === 0) this.#lanes.delete(name);
    }
  }
}

function notSent(why: Over, cause?: unknown): StoreError {
  const reason = why === 'late' ? 'the deadline passed' : 'cancelled';
  return new StoreError('Cancelled', `${reason} before it was sent`, { cause });
}
