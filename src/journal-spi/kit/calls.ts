import { isStoreError, StoreError } from '../errors.ts';
import type { StoreErrorCode } from '../errors.ts';
import type { OpOptions } from '../stream.ts';
import { throwIfOver } from './outcomes.ts';
import { MAX_TIMER_MS, within } from './within.ts';
import type { Over } from './within.ts';

/** What a call does to the store. A seal is a write that may be repeated: when its answer is lost, nothing about it is ambiguous. */
export type Effect = 'read' | 'seal' | 'write';

/** More than any caller has under way: what may pile up in front of a slow server. */
const MAX_WAITING = 10_000;

export interface CallsOptions {
  /** For people, without secrets. */
  readonly location: string;
  readonly readOnly: boolean;
  /** How long a call may take that has no deadline of its own. */
  readonly timeoutMs: number;
  /** The `StoreError` for what the client library threw. What is no error of the library stays what it is. */
  readonly toStoreError: (error: unknown, effect: Effect) => unknown;
}

/** One call that was let in: the limits of its caller, and a deadline in any case. */
export class Call implements OpOptions {
  readonly signal?: AbortSignal;
  readonly deadline: number;

  constructor({ signal, deadline }: OpOptions, timeoutMs: number) {
    if (signal !== undefined) this.signal = signal;
    this.deadline = deadline ?? performance.now() + timeoutMs;
  }

  /** What is left of its time, at least 1 ms: what a server or a client library may be told. */
  get leftMs(): number {
    return Math.max(1, Math.min(Math.ceil(this.deadline - performance.now()), MAX_TIMER_MS));
  }
}

/** One request under way. */
export interface Sending {
  readonly call: Call;
  /** Whether the server may have got it. Set it to false while it only waits for a connection. */
  sent: boolean;
  /** Called when nobody waits for it any more: to free at once what it holds. */
  onOver?: (why: StoreError) => void;
  /** Called when it has ended, waited for or not. */
  onEnd?: () => void;
}

/**
 * Everything that a driver asks its server goes through here: refused when it must not begin, ended at its deadline, by its signal or
 * by `close`, with the error that says what is known about it. Nothing is sent twice.
 *
 * `run` lets in a call of the SPI, `send` makes one of its requests; outside of `run`, `send` is a call by itself.
 */
export class Calls {
  readonly location: string;
  readonly readOnly: boolean;
  readonly #timeoutMs: number;
  readonly #toStoreError: CallsOptions['toStoreError'];
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #sending = 0;
  #idle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor({ location, readOnly, timeoutMs, toStoreError }: CallsOptions) {
    this.location = location;
    this.readOnly = readOnly;
    this.#timeoutMs = timeoutMs;
    this.#toStoreError = toStoreError;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Lets a call in, or rejects before anything is sent. Inside of another call it is part of that. */
  async run<T>(effect: Effect, options: OpOptions, work: (call: Call) => Promise<T>): Promise<T> {
    if (options instanceof Call) return work(options);
    if (this.closed) throw this.#over('closed');
    if (this.readOnly && effect !== 'read') {
      throw new StoreError('Unsupported', `${this.location} was opened only to read`);
    }
    throwIfOver(options);
    return this.follow(work, options);
  }

  /** For what cleans up after a call: let in also when its time is over or the store is being closed. */
  async follow<T>(work: (call: Call) => Promise<T>, options: OpOptions = {}): Promise<T> {
    this.#running += 1;
    try {
      return await work(new Call(options, this.#timeoutMs));
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle?.();
    }
  }

  /**
   * Makes one request. When nobody waits for it any more it is left to itself, but counts until it has ended: until then it takes
   * room. Its outcome is then unknown, which is `AmbiguousWrite` for a write that may have been sent.
   */
  send<T>(effect: Effect, options: OpOptions, request: (sending: Sending) => Promise<T>): Promise<T> {
    if (!(options instanceof Call)) return this.run(effect, options, (call) => this.send(effect, call, request));
    const refusal = this.#refusal(options);
    if (refusal !== undefined) return Promise.reject(refusal);
    const sending: Sending = { call: options, sent: true };
    const over = (why: Over, cause?: unknown) => {
      const error = this.#over(why, cause);
      // What this makes of the request comes too late to be its outcome.
      queueMicrotask(() => sending.onOver?.(error));
      return sending.sent ? lost(effect, error.code, error.message, cause) : error;
    };
    const failed = (error: unknown) =>
      isStoreError(error) ? error : this.#toStoreError(error, sending.sent ? effect : 'read');
    const ended = () => {
      this.#sending -= 1;
      sending.onEnd?.();
    };
    try {
      const working = request(sending);
      this.#sending += 1;
      return within(working, options, over, { open: this.#waiting, failed, ended });
    } catch (error) {
      return Promise.reject(failed(error));
    }
  }

  /** Lets no more calls in, waits up to `drainMs` for those that are running, and ends the rest. */
  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#drain(drainMs);
    return this.#closed;
  }

  async #drain(drainMs: number): Promise<void> {
    const idle = Promise.withResolvers<void>();
    this.#idle = idle.resolve;
    const timer = setTimeout(idle.resolve, Math.min(drainMs, MAX_TIMER_MS));
    if (this.#running > 0) await idle.promise;
    clearTimeout(timer);
    for (const end of this.#waiting) end();
  }

  /** Why a request is not sent. */
  #refusal({ signal, deadline }: Call): StoreError | undefined {
    if (signal?.aborted) return this.#over('cancelled', signal.reason);
    if (performance.now() > deadline) return this.#over('late');
    if (this.#sending < MAX_WAITING) return undefined;
    return new StoreError('Throttled', `${this.#sending} requests wait for ${this.location}: it is too slow`);
  }

  #over(why: Over, cause?: unknown): StoreError {
    const { location } = this;
    switch (why) {
      case 'cancelled':
        return new StoreError('Cancelled', `cancelled while waiting for ${location}`, { cause });
      case 'late':
        return new StoreError('StoreUnavailable', `${location} did not answer in time`);
      default:
        return new StoreError('StoreUnavailable', `the store was closed (${location})`);
    }
  }
}

/** The error for what was sent and whose answer nobody will see: for a write nobody knows whether it was applied. */
export function lost(effect: Effect, code: StoreErrorCode, why: string, cause?: unknown): StoreError {
  return new StoreError(effect === 'write' ? 'AmbiguousWrite' : code, why, { cause });
}
