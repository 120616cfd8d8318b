import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { DriverEnv, OpOptions, Outcome } from '@stategate/journal-spi';
import { throwIfOver } from '@stategate/journal-spi/kit';
import type * as mongodb from 'mongodb';
import type { Collection, Db, Document, MongoClient, ReadConcernLevel } from 'mongodb';
import { DUPLICATE_KEY, lost, toStoreError } from './errors.ts';
import type { Effect } from './errors.ts';
import type { Options } from './options.ts';

/** The client library: loaded when a store is opened, not when this package is. */
export type Mongo = typeof mongodb;

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How often a write that met another one is tried again. */
const ATTEMPTS = 8;

export interface Connected {
  readonly mongo: Mongo;
  readonly client: MongoClient;
  readonly database: Db;
  /** For people, without secrets. */
  readonly location: string;
  /** Whether there are other copies: `hello` named a set or a router. */
  readonly replicated: boolean;
}

/** The connections to the servers, and what every call through them has in common. */
export class Store {
  readonly mongo: Mongo;
  readonly location: string;
  readonly replicated: boolean;
  readonly options: Options;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly #client: MongoClient;
  readonly #database: Db;
  readonly #readOnly: boolean;
  readonly #running = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor({ mongo, client, database, location, replicated }: Connected, options: Options, env: DriverEnv) {
    this.mongo = mongo;
    this.location = location;
    this.replicated = replicated;
    this.options = options;
    this.now = env.now ?? Date.now;
    this.#client = client;
    this.#database = database;
    this.#readOnly = env.readOnly ?? false;
  }

  collection<T extends Document>(name: string): Collection<T> {
    return this.#database.collection<T>(this.options.collectionPrefix + name, {
      readConcern: this.reading('majority'),
      writeConcern: this.writing(),
    });
  }

  /** A level that only replica sets know: what a single server has written it cannot take back. */
  reading(level: ReadConcernLevel): { level: ReadConcernLevel } {
    return { level: this.replicated ? level : 'local' };
  }

  /** Acknowledged is what is in the journals of a majority. */
  writing(): { w: 'majority' | 1; j: true } {
    return { w: this.replicated ? 'majority' : 1, j: true };
  }

  /** Told when connections were lost: another server may answer next, or this one with older data. */
  onConnectionsLost(listener: () => void): void {
    this.#client.on('connectionPoolCleared', listener);
  }

  /** Throws for a call that must not begin. */
  enter(effect: Effect, options: OpOptions): void {
    if (this.#closed !== undefined) throw new StoreError('StoreUnavailable', `the store ${this.location} was closed`);
    if (this.#readOnly && effect !== 'read') {
      throw new StoreError('Unsupported', `the store ${this.location} was opened only to read`);
    }
    throwIfOver(options);
  }

  /** Runs operations of the library within what is left of the call's time, and turns their errors into `StoreError`. */
  async run<T>(effect: Effect, options: OpOptions, work: (limits: { timeoutMS: number }) => Promise<T>): Promise<T> {
    this.enter(effect, options);
    const leftMs = options.deadline === undefined ? this.options.timeoutMs : options.deadline - performance.now();
    const timeoutMS = Math.max(1, Math.min(Math.ceil(leftMs), MAX_TIMER_MS));
    const working = work({ timeoutMS });
    this.#running.add(working);
    const ended = () => this.#running.delete(working);
    working.then(ended, ended);
    try {
      return await inTime(working, effect, timeoutMS, options.signal);
    } catch (error) {
      throw toStoreError(this.mongo, error, effect, this.location);
    }
  }

  /** A command that has no method: its answer as it comes. The server is given the same time as the caller. */
  command(effect: Effect, command: Document, options: OpOptions): Promise<Document> {
    return this.run(effect, options, (limits) =>
      this.#database.command({ ...command, maxTimeMS: limits.timeoutMS }, { ...limits, promoteBuffers: true }),
    );
  }

  /** What the primary says about itself, and its time. */
  hello(options: OpOptions): Promise<Document> {
    return this.run('read', options, (limits) => this.#database.admin().command({ hello: 1 }, limits));
  }

  /** The clock of the primary, in milliseconds since 1970. */
  async serverTime(options: OpOptions): Promise<number> {
    const { localTime } = await this.hello(options);
    return localTime instanceof Date ? localTime.getTime() : this.now();
  }

  /** Whether a write was refused because there is a document with that key. */
  isDuplicate(error: unknown): boolean {
    return error instanceof this.mongo.MongoServerError && error.code === DUPLICATE_KEY;
  }

  /** Does an upsert again that met another one of the same document. */
  async upserting<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!this.isDuplicate(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Waits for what is running, for at most `drainMs`. */
  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#close(drainMs);
    return this.#closed;
  }

  async #close(drainMs: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, Math.min(drainMs, MAX_TIMER_MS));
    await Promise.race([Promise.allSettled(this.#running), over.promise]);
    clearTimeout(timer);
    await this.#client.close();
  }
}

/** The library may take longer, to connect, and takes no signal for writes: the caller is let go, the operation ends at its own time. */
async function inTime<T>(working: Promise<T>, effect: Effect, timeoutMs: number, signal?: AbortSignal): Promise<T> {
  const over = Promise.withResolvers<never>();
  function onAbort(): void {
    const what = 'cancelled while waiting for the store';
    const cause: unknown = signal?.reason;
    over.reject(effect === 'write' ? lost(effect, what, cause) : new StoreError('Cancelled', what, { cause }));
  }
  const timer = setTimeout(() => over.reject(lost(effect, 'the store did not answer', 'the time is over')), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([working, over.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** What a promise comes to, a `StoreError` as an outcome. */
export async function settled<T>(work: Promise<T>): Promise<Outcome<T>> {
  try {
    return await work;
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}

/** Bytes as they come from the library, as everybody else knows them. */
export function toBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The parts of a payload that a document keeps. */
export interface StoredPayload {
  manifest: string;
  payload: Uint8Array;
  meta?: Uint8Array;
}

export function toPayload({ manifest, payload, meta }: StoredPayload): StoredPayload {
  return { manifest, payload: toBytes(payload), ...(meta === undefined ? {} : { meta: toBytes(meta) }) };
}
