import { StoreError } from '@stategate/journal-spi';
import type { OpOptions } from '@stategate/journal-spi';
import { throwIfOver, within } from '@stategate/journal-spi/kit';
import type { Over } from '@stategate/journal-spi/kit';

const MAX_WAITING = 10_000;

/** Those of one key who wait for each other. */
export interface Lane<State> {
  /** As the one before left it. Forgotten when nobody is left. */
  state: State | undefined;
}

interface Queue<State> extends Lane<State> {
  last: Promise<void>;
  length: number;
}

/**
 * Conditional writes to one partition that run at once take each other's turn again and again, and may end without an answer. So
 * those of this process go one after the other, in the order in which they were asked for, and all keys together stay within a
 * width.
 */
export class Lanes<State> {
  readonly #queues = new Map<string, Queue<State>>();
  readonly #waiting = new Set<() => void>();
  #free: number;
  #length = 0;

  constructor(width: number) {
    this.#free = width;
  }

  async run<T>(key: readonly string[], options: OpOptions, work: (lane: Lane<State>) => Promise<T>): Promise<T> {
    if (this.#length >= MAX_WAITING) {
      throw new StoreError('Throttled', `${this.#length} writes are waiting: the store is too slow`);
    }
    const name = JSON.stringify(key);
    const queue = this.#queues.get(name) ?? { state: undefined, last: Promise.resolve(), length: 0 };
    this.#queues.set(name, queue);
    const before = queue.last;
    const done = Promise.withResolvers<void>();
    queue.last = done.promise;
    queue.length += 1;
    this.#length += 1;
    try {
      await within(before, options, notSent);
      await this.#enter(options);
      try {
        throwIfOver(options);
        return await work(queue);
      } finally {
        this.#leave();
      }
    } finally {
      // One that gave up lets nobody overtake those before it.
      void before.then(done.resolve);
      queue.length -= 1;
      this.#length -= 1;
      if (queue.length === 0) this.#queues.delete(name);
    }
  }

  async #enter(options: OpOptions): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    try {
      await within(promise, options, notSent);
    } catch (error) {
      // Its turn may have come at the same time: then it is the next one's.
      if (!this.#waiting.delete(resolve)) this.#leave();
      throw error;
    }
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
    } else {
      this.#waiting.delete(next);
      next();
    }
  }
}

function notSent(why: Over, cause?: unknown): StoreError {
  return new StoreError('Cancelled', `${why === 'late' ? 'the deadline passed' : 'cancelled'} before it was sent`, {
    cause,
  });
}
