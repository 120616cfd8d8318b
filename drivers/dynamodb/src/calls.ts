import { StoreError } from '@stategate/journal-spi';
import type { OpOptions } from '@stategate/journal-spi';
import { throwIfOver } from '@stategate/journal-spi/kit';

/** More than any caller of ours has under way. */
const MAX_CALLS = 10_000;
/** The longest that `setTimeout` can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One call of the SPI under way. The signal is aborted with the `StoreError` that says why nobody waits any more. */
export interface Call {
  readonly signal: AbortSignal;
}

/** The calls of the SPI under way: each may take several requests, until its deadline, its signal or `close` ends it. */
export class Calls {
  readonly #location: string;
  readonly #readOnly: boolean;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  #running = 0;
  #closed = false;
  #idle: (() => void) | undefined;

  constructor(location: string, readOnly: boolean, timeoutMs: number) {
    this.#location = location;
    this.#readOnly = readOnly;
    this.#timeoutMs = timeoutMs;
  }

  async run<T>(kind: 'read' | 'write', options: OpOptions, work: (call: Call) => Promise<T>): Promise<T> {
    if (this.#closed) throw this.#unavailable('was closed');
    if (kind === 'write' && this.#readOnly) {
      throw new StoreError('Unsupported', `${this.#location} was opened only to read`);
    }
    throwIfOver(options);
    if (this.#running >= MAX_CALLS) {
      throw new StoreError('Throttled', `${this.#running} calls wait for ${this.#location}: it is too slow`);
    }
    return this.continue(options, work);
  }

  /** Runs what belongs to calls that were let in before. */
  async continue<T>({ signal, deadline }: OpOptions, work: (call: Call) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const leftMs = deadline === undefined ? this.#timeoutMs : deadline - performance.now();
    const late = () => over.abort(this.#unavailable('did not answer in time'));
    const timer = setTimeout(late, Math.min(leftMs, MAX_TIMER_MS));
    const onAbort = () => over.abort(new StoreError('Cancelled', `cancelled while waiting for ${this.#location}`));
    const onClose = () => over.abort(this.#unavailable('was closed'));
    signal?.addEventListener('abort', onAbort);
    this.#closing.signal.addEventListener('abort', onClose);
    this.#running += 1;
    try {
      return await work(over);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.#closing.signal.removeEventListener('abort', onClose);
      this.#running -= 1;
      if (this.#running === 0) this.#idle?.();
    }
  }

  /** Lets no more in, and waits up to `drainMs` for those under way. */
  async close(drainMs: number): Promise<void> {
    this.#closed = true;
    if (this.#running > 0) {
      const idle = Promise.withResolvers<void>();
      this.#idle = idle.resolve;
      const timer = setTimeout(idle.resolve, drainMs);
      await idle.promise;
      clearTimeout(timer);
    }
    this.#closing.abort();
  }

  #unavailable(why: string): StoreError {
    return new StoreError('StoreUnavailable', `${this.#location} ${why}`);
  }
}
