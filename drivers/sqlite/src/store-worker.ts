import { Worker } from 'node:worker_threads';
import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { OpOptions, Outcome, StoreErrorCode } from '@stategate/journal-spi';
import { Calls, lost, MAX_TIMER_MS, only, outcomeOf, settled } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import { toStoreError } from './errors.ts';
import { workerSource } from './worker-source.ts';
import type { Answer, OperationName, Request } from './worker/operations.ts';
import { pack, unpack } from './worker/packing.ts';
import type { Value } from './worker/packing.ts';
import type { Ask, Reply, WorkerOptions } from './worker/serve.ts';

/** How long a call may take that has no deadline of its own: much is waiting when a disk needs so long. */
const TIMEOUT_MS = 60_000;
/** The bound of what may pile up in front of a slow disk. */
const MAX_WAITING_BYTES = 512 * 1024 ** 2;
/** What one request of a group may be refused for, and the others not. */
const TOO_LARGE: ReadonlySet<StoreErrorCode> = new Set(['Throttled', 'PayloadTooLarge']);

interface Waiting {
  readonly effect: Effect;
  readonly bytes: number;
  readonly resolve: (answers: readonly Value[]) => void;
  readonly reject: (error: StoreError) => void;
}

/** The thread that owns the database, seen from the thread that uses it. When it ends, for whatever reason, it is not started again. */
export class StoreWorker {
  readonly calls: Calls;
  readonly #options: WorkerOptions;
  readonly #now: () => number;
  readonly #worker: Worker;
  readonly #exited = Promise.withResolvers<void>();
  /** What it has not answered yet, in its order, whether somebody still waits for that or not: until then its bytes are taken. */
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Why nothing is sent any more. */
  #over: string | undefined;

  constructor(options: WorkerOptions, now: () => number) {
    const { path: location, readOnly } = options;
    this.calls = new Calls({ location, readOnly, timeoutMs: TIMEOUT_MS, toStoreError: (error) => error });
    this.#options = options;
    this.#now = now;
    this.#worker = new Worker(workerSource(), {
      eval: true,
      workerData: options,
      name: 'stategate-sqlite',
      execArgv: [],
    });
    this.#worker.on('message', (reply: Reply) => this.#answer(reply));
    this.#worker.on('error', (error) => this.#end(String(error)));
    this.#worker.on('exit', (code) => {
      this.#end(`exit code ${code}`);
      this.#exited.resolve();
    });
  }

  /** What the file turned out to be, once it is open. Throws `StoreError`. Call it first, and once. */
  async opened(): Promise<{ readonly version: string; readonly durable: boolean }> {
    const answers = await this.calls.send('read', {}, () => this.#wait('read', 0));
    const [version, synchronous, journalMode] = answers;
    const durable = this.#options.readOnly || (Number(synchronous) >= 2 && journalMode === 'wal');
    return { version: String(version), durable };
  }

  async ask<Name extends OperationName>(
    effect: Effect,
    operation: Name,
    request: Request<Name>,
    options: OpOptions,
  ): Promise<Answer<Name>> {
    return only(await this.#send(effect, operation, [request], options));
  }

  /** One message and one transaction for all requests. `read` makes an outcome of each answer. */
  async askMany<Asked, Name extends OperationName, Result>(
    effect: Effect,
    operation: Name,
    asked: readonly Asked[],
    options: OpOptions,
    toRequest: (asked: Asked) => Request<Name>,
    read: (answer: Answer<Name>, asked: Asked) => Result,
  ): Promise<readonly Outcome<Result>[]> {
    const requests = asked.map(toRequest);
    const sent = await settled(this.#send(effect, operation, requests, options));
    // One that does not fit has undone the others: then each gets a transaction of its own.
    const alone = isStoreError(sent) && requests.length > 1 && TOO_LARGE.has(sent.code);
    const answers = alone
      ? await Promise.all(requests.map((request) => settled(this.ask(effect, operation, request, options))))
      : sent;
    return asked.map((one, at) =>
      outcomeOf(() => read(only(isStoreError(answers) ? [answers] : answers.slice(at, at + 1)), one)),
    );
  }

  /** Lets the worker finish what it was asked for, for at most `drainMs`. */
  async close(drainMs: number): Promise<void> {
    const timer = setTimeout(() => void this.#worker.terminate(), Math.min(drainMs, MAX_TIMER_MS));
    await this.calls.close(drainMs);
    this.#worker.postMessage(null, []);
    await this.#exited.promise;
    clearTimeout(timer);
  }

  #send<Name extends OperationName>(
    effect: Effect,
    operation: Name,
    requests: readonly Request<Name>[],
    options: OpOptions,
  ): Promise<readonly Answer<Name>[]> {
    return this.calls.send(effect, options, () => {
      const { path } = this.#options;
      if (this.#over !== undefined) {
        throw new StoreError('StoreUnavailable', `the store ${path} is not open: ${this.#over}; restart this process`);
      }
      const packed = pack(requests);
      const bytes = packed.bytes.byteLength;
      if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
        throw new StoreError('Throttled', `${this.#waitingBytes} bytes are waiting for ${path}: its disk is too slow`);
      }
      const ask: Ask = { operation, now: this.#now(), writes: effect !== 'read', ...packed };
      this.#worker.postMessage(ask, [packed.bytes.buffer]);
      return this.#wait(effect, bytes) as Promise<readonly Answer<Name>[]>;
    });
  }

  #wait(effect: Effect, bytes: number): Promise<readonly Value[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Value[]>();
    this.#waiting.push({ effect, bytes, resolve, reject });
    this.#waitingBytes += bytes;
    return promise;
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return;
    this.#waitingBytes -= waiting.bytes;
    if ('failure' in reply) waiting.reject(toStoreError(reply.failure, this.#options));
    else waiting.resolve(unpack(reply));
  }

  #end(why: string): void {
    this.#over ??= `its worker ended (${why})`;
    for (const { effect, reject } of this.#waiting.splice(0)) {
      reject(lost(effect, 'StoreUnavailable', `the worker of ${this.#options.path} ended (${why})`));
    }
  }
}
