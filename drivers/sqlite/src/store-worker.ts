import { Worker } from 'node:worker_threads';
import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { OpOptions, Outcome } from '@stategate/journal-spi';
import { lost, MAX_TIMER_MS, outcomeOf, settled, throwIfOver } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import { toStoreError } from './errors.ts';
import { workerSource } from './worker-source.ts';
import type { OperationName } from './worker/operations.ts';
import { createPacker, createUnpacker } from './worker/packing.ts';
import type { Packed, Packer, Unpacker } from './worker/packing.ts';
import type { Call, FailurePhase, Reply, WorkerOptions } from './worker/serve.ts';

/** More than any caller of ours has under way: the bound of what may pile up in front of a slow disk. */
const MAX_WAITING_CALLS = 10_000;
const MAX_WAITING_BYTES = 512 * 1024 ** 2;

/** How requests of one kind go to the worker and their outcomes come back. */
export interface Exchange<Request, Result> {
  readonly operation: OperationName;
  readonly effect: Effect;
  /** Throws for a request that must not be sent. */
  readonly check: (request: Request) => void;
  readonly pack: (request: Request, output: Packer) => void;
  /** Reads the whole outcome, whose name was read already, before it throws. */
  readonly unpack: (outcome: string, input: Unpacker, request: Request) => Result;
}

interface Waiting {
  readonly effect: Effect;
  readonly bytes: number;
  /** Only the first time counts. */
  readonly settle: (answer: Unpacker | StoreError) => void;
}

/** The thread that owns the database, seen from the thread that uses it. When it ends, for whatever reason, it is not started again. */
export class StoreWorker {
  readonly #options: WorkerOptions;
  readonly #now: () => number;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #opened: Promise<Unpacker>;
  readonly #waiting = new Map<number, Waiting>();
  #waitingBytes = 0;
  #lastId = 0;
  /** Why nothing is sent any more. */
  #over: string | undefined;

  constructor(options: WorkerOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
    this.#worker = new Worker(workerSource(), {
      eval: true,
      workerData: options,
      name: 'stategate-sqlite',
      execArgv: [],
    });
    this.#opened = this.#wait(0, 'read', 0, {});
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    this.#worker.on('message', (reply: Reply) => this.#answer(reply));
    this.#worker.on('error', (error) => this.#end(String(error)));
    this.#worker.on('exit', (code) => {
      this.#end(`exit code ${code}`);
      exited.resolve();
    });
  }

  /** What the file turned out to be, once it is open. Throws `StoreError`. */
  async opened(): Promise<{ readonly sqliteVersion: string; readonly durable: boolean }> {
    const answer = await this.#opened;
    this.#outcome(answer);
    return { sqliteVersion: answer.text(), durable: answer.number() === 1 };
  }

  async askOne<Request, Result>(
    exchange: Exchange<Request, Result>,
    request: Request,
    options: OpOptions,
  ): Promise<Result> {
    const [outcome] = await this.ask(exchange, [request], options);
    if (isStoreError(outcome)) throw outcome;
    return outcome as Result;
  }

  /** One message for all requests, one outcome for each. Rejects only when nothing was sent. */
  async ask<Request, Result>(
    exchange: Exchange<Request, Result>,
    requests: readonly Request[],
    options: OpOptions,
  ): Promise<Outcome<Result>[]> {
    const output = createPacker();
    const refused = requests.map((request) => refusal(() => exchange.check(request)));
    const sent = requests.filter((_, index) => refused[index] === undefined);
    for (const request of sent) exchange.pack(request, output);
    if (sent.length === 0) return refused.filter(isStoreError);

    const answer = await settled(this.#send(exchange, sent.length, output.pack(), options));
    return requests.map((request, index) => {
      const early = refused[index];
      if (early !== undefined) return early;
      if (isStoreError(answer)) return answer;
      return outcomeOf(() => exchange.unpack(this.#outcome(answer), answer, request));
    });
  }

  /** Lets the worker finish what it was asked for, for at most `drainMs`. */
  async close(drainMs: number): Promise<void> {
    if (this.#over === undefined) {
      this.#over = 'it was closed';
      this.#post({ id: 0, operation: 'close', now: 0, count: 0, ...createPacker().pack() });
    }
    const timer = setTimeout(() => void this.#worker.terminate(), drainMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #send(
    { operation, effect }: Exchange<never, unknown>,
    count: number,
    packed: Packed,
    options: OpOptions,
  ): Promise<Unpacker> {
    const { path, readOnly } = this.#options;
    if (this.#over !== undefined) {
      throw new StoreError('StoreUnavailable', `the store ${path} is not open: ${this.#over}`);
    }
    if (readOnly && effect !== 'read') throw new StoreError('Unsupported', `${path} was opened only to read`);
    throwIfOver(options);
    const bytes = packed.bytes.byteLength;
    if (this.#waiting.size >= MAX_WAITING_CALLS || this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      throw new StoreError('Throttled', `${this.#waiting.size} calls are waiting for ${path}: its disk is too slow`);
    }
    const id = ++this.#lastId;
    const answer = this.#wait(id, effect, bytes, options);
    this.#post({ id, operation, now: this.#now(), count, ...packed });
    return answer;
  }

  #post(call: Call): void {
    this.#worker.postMessage(call, call.bytes.byteLength > 0 ? [call.bytes.buffer] : []);
  }

  #wait(id: number, effect: Effect, bytes: number, { signal, deadline }: OpOptions): Promise<Unpacker> {
    const { promise, resolve, reject } = Promise.withResolvers<Unpacker>();
    const giveUp = (why: string, cause?: unknown) => settle(lost(effect, 'Cancelled', why, cause));
    const onAbort = () => giveUp('cancelled while waiting for the store', signal?.reason);
    const timer =
      deadline === undefined
        ? undefined
        : setTimeout(
            () => giveUp('the deadline passed while waiting for the store'),
            Math.min(deadline - performance.now(), MAX_TIMER_MS),
          );
    signal?.addEventListener('abort', onAbort, { once: true });
    function settle(answer: Unpacker | StoreError): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (isStoreError(answer)) reject(answer);
      else resolve(answer);
    }
    // It stays here until the worker has answered, even when the caller has given up: until then its bytes are taken.
    this.#waiting.set(id, { effect, bytes, settle });
    this.#waitingBytes += bytes;
    return promise;
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    this.#waitingBytes -= waiting.bytes;
    waiting.settle(createUnpacker(reply));
  }

  #end(why: string): void {
    this.#over ??= `its worker ended (${why}); restart this process`;
    for (const { effect, settle } of this.#waiting.values()) {
      settle(lost(effect, 'StoreUnavailable', `the worker of ${this.#options.path} ended (${why})`));
    }
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }

  /** The name with which the next outcome begins. Throws when it is a failure. */
  #outcome(input: Unpacker): string {
    const name = input.text();
    if (name !== 'failed') return name;
    const failure = {
      phase: input.text() as FailurePhase,
      code: input.number(),
      refusal: input.text(),
      message: input.text(),
    };
    throw toStoreError(failure, this.#options.path, this.#options.maxBytes ?? undefined);
  }
}

function refusal(check: () => void): StoreError | undefined {
  const outcome = outcomeOf<void>(check);
  return isStoreError(outcome) ? outcome : undefined;
}
