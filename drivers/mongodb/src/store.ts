import type { DriverEnv, OpOptions } from '@stategate/journal-spi';
import { Calls } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import type * as mongodb from 'mongodb';
import type { Collection, Db, Document, MongoClient, ReadConcernLevel } from 'mongodb';
import { DUPLICATE_KEY, toStoreError } from './errors.ts';
import type { Options } from './options.ts';

/** The client library: loaded when a store is opened, not when this package is. */
export type Mongo = typeof mongodb;

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
  readonly calls: Calls;
  readonly #client: MongoClient;
  readonly #database: Db;

  constructor({ mongo, client, database, location, replicated }: Connected, options: Options, env: DriverEnv) {
    this.mongo = mongo;
    this.location = location;
    this.replicated = replicated;
    this.options = options;
    this.now = env.now ?? Date.now;
    this.#client = client;
    this.#database = database;
    this.calls = new Calls({
      location,
      readOnly: env.readOnly ?? false,
      timeoutMs: options.timeoutMs,
      toStoreError: (error, effect) => toStoreError(mongo, error, effect, location),
    });
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

  /**
   * Runs operations of the library. The server is given what is left of the call's time, so that it does not work on for nobody: the
   * library takes no signal for writes, and leaves its own `timeoutMS` unheard.
   */
  run<T>(effect: Effect, options: OpOptions, work: (limits: { maxTimeMS: number }) => Promise<T>): Promise<T> {
    return this.calls.send(effect, options, ({ call }) => work({ maxTimeMS: call.leftMs }));
  }

  /** A command that has no method: its answer as it comes. */
  command(effect: Effect, command: Document, options: OpOptions): Promise<Document> {
    return this.run(effect, options, (limits) =>
      this.#database.command({ ...command, ...limits }, { promoteBuffers: true }),
    );
  }

  /** What the primary says about itself, and its time. */
  hello(options: OpOptions): Promise<Document> {
    return this.run('read', options, () => this.#database.admin().command({ hello: 1 }));
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

  async close(drainMs: number): Promise<void> {
    await this.calls.close(drainMs);
    await this.#client.close();
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
