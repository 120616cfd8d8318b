import type { Capabilities, DriverEnv, OpOptions, ServerInfo } from '@stategate/journal-spi';
import { Calls } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import type { Collection, Db, Document, MongoClient, ReadConcernLevel } from 'mongodb';
import { DUPLICATE_KEY, toStoreError } from './errors.ts';
import type { Mongo } from './errors.ts';
import type { Options } from './options.ts';

export interface Connected {
  readonly mongo: Mongo;
  readonly client: MongoClient;
  readonly database: Db;
  readonly server: ServerInfo;
  readonly durability: Capabilities['durability'];
  /** Whether there are other copies: `hello` named a set or a router. */
  readonly replicated: boolean;
}

/** The connections to the servers, and what every call through them has in common. */
export class Store {
  readonly connected: Connected;
  readonly options: Options;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly calls: Calls;

  constructor(connected: Connected, options: Options, env: DriverEnv) {
    this.connected = connected;
    this.options = options;
    this.now = env.now ?? Date.now;
    const { location } = connected.server;
    this.calls = new Calls({
      location,
      readOnly: env.readOnly ?? false,
      timeoutMs: options.timeoutMs,
      toStoreError: (error, effect) => toStoreError(connected.mongo, error, effect, location),
    });
  }

  collection<T extends Document>(name: string): Collection<T> {
    return this.connected.database.collection<T>(this.options.collectionPrefix + name, {
      readConcern: this.reading('majority'),
      writeConcern: this.writing(),
    });
  }

  /** A level that only replica sets know: what a single server has written it cannot take back. */
  reading(level: ReadConcernLevel): { level: ReadConcernLevel } {
    return { level: this.connected.replicated ? level : 'local' };
  }

  /** Acknowledged is what is in the journals of a majority. */
  writing(): { w: 'majority' | 1; j: true } {
    return { w: this.connected.replicated ? 'majority' : 1, j: true };
  }

  /**
   * Runs operations of the library. The server is given what is left of the call's time, so that it does not work on for nobody: the
   * library takes no signal for writes, and leaves its own `timeoutMS` unheard.
   */
  run<T>(effect: Effect, options: OpOptions, work: (limits: { maxTimeMS: number }) => Promise<T>): Promise<T> {
    return this.calls.send(effect, options, ({ call }) => work({ maxTimeMS: call.leftMs }));
  }

  /** Runs an upsert by `_id` alone: once more when another one made the document first. */
  upsert<T>(effect: Effect, options: OpOptions, work: (limits: { maxTimeMS: number }) => Promise<T>): Promise<T> {
    return this.run(effect, options, (limits) => work(limits).catch(this.onCode(DUPLICATE_KEY, () => work(limits))));
  }

  /** For `catch`: what comes instead of an error of the server with this code. */
  onCode<T>(code: number, make: () => T): (error: unknown) => T {
    return (error) => {
      if (error instanceof this.connected.mongo.MongoServerError && error.code === code) return make();
      throw error;
    };
  }

  /** What the primary says about itself, and its time. */
  hello(options: OpOptions): Promise<Document> {
    return this.run('read', options, () => this.connected.database.admin().command({ hello: 1 }));
  }

  /** The clock of the primary, in milliseconds since 1970. */
  async serverTime(options: OpOptions): Promise<number> {
    const { localTime } = await this.hello(options);
    return localTime instanceof Date ? localTime.getTime() : this.now();
  }

  async close(drainMs: number): Promise<void> {
    await this.calls.close(drainMs);
    await this.connected.client.close();
  }
}
