import type { Compilable } from 'kysely';
import type { CustomTypesConfig, Pool, PoolClient, PoolConfig } from 'pg';
import { StoreError } from '@stategate/journal-spi';
import type { DriverEnv, OpOptions } from '@stategate/journal-spi';
import { throwIfOver } from '@stategate/journal-spi/kit';
import { isRetryable, leavesConnection, lost, toStoreError, unreachable } from './errors.ts';
import type { Effect } from './errors.ts';
import { addressOf } from './options.ts';
import type { Options } from './options.ts';

/** What may wait for a connection at once. */
const MAX_WAITING_CALLS = 10_000;
const IDLE_MS = 60_000;
/** The longest that `setTimeout` can wait, and the longest `statement_timeout`. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Everything is found by a key, and a plan is kept: one that was made while the tables were empty must not read them whole
 * when they have grown.
 */
const SESSION = [
  ...['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((name) => `SET enable_${name} = off`),
  'SET plan_cache_mode = force_generic_plan',
  'SET jit = off',
  `SET default_transaction_isolation = 'read committed'`,
  'SET bytea_output = hex',
].join(';');

/** A statement that each connection prepares once. `Row` is what its columns are read as, in their order. */
export interface Statement<Row extends readonly unknown[]> {
  readonly name: string;
  readonly text: string;
  readonly row?: Row;
}

type Parameter = Buffer | string | number | null;

/** Sends one statement on the connection that a call has; with rows as objects. */
export type Send = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Connects, or throws why not. */
export async function connect(options: Options, env: DriverEnv): Promise<Connection> {
  const { default: pg } = await import('pg');
  const address = addressOf(options);
  const location = `PostgreSQL at ${address.host}:${address.port}/${address.database}`;
  const connection = new Connection(new pg.Pool(poolConfig(options, env)), location, options, env);
  try {
    await connection.session('read', {}, async () => undefined);
    return connection;
  } catch (error) {
    await connection.close(0);
    throw error;
  }
}

/** A pool, of which a call has one connection for one statement. Nothing is sent twice but what surely had no effect. */
export class Connection {
  readonly location: string;
  readonly now: () => number;
  /** How long a call may take that has no deadline. */
  readonly timeoutMs: number;
  readonly #pool: Pool;
  readonly #readOnly: boolean;
  /** What every connection was told last. */
  readonly #statementTimeouts = new WeakMap<PoolClient, number>();
  /** Ends each running call: for those that are left when the store is closed. */
  readonly #running = new Set<(why: StoreError) => void>();
  #idle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(pool: Pool, location: string, { timeoutMs }: Options, env: DriverEnv) {
    this.location = location;
    this.now = env.now ?? Date.now;
    this.#pool = pool;
    this.#readOnly = env.readOnly ?? false;
    this.timeoutMs = timeoutMs;
    // A connection may break at any time: the call that has it learns it by itself, an idle one is replaced.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** How many calls wait for a connection. */
  get waiting(): number {
    return this.#pool.waitingCount;
  }

  /** Throws when a call of this effect cannot be made: nothing is sent by it. */
  enter(effect: Effect, options: OpOptions): void {
    if (this.#closed !== undefined) throw this.#wasClosed();
    if (effect !== 'read' && this.#readOnly) {
      throw new StoreError('Unsupported', `${this.location} was opened only to read`);
    }
    throwIfOver(options);
    if (this.waiting >= MAX_WAITING_CALLS) {
      throw new StoreError('Throttled', `${this.waiting} calls wait for ${this.location}: it is too slow`);
    }
  }

  run<Row extends readonly unknown[]>(
    effect: Effect,
    { name, text }: Statement<Row>,
    values: Parameter[],
    options: OpOptions,
  ): Promise<readonly Row[]> {
    return this.#call(effect, options, async (client) => {
      const { rows } = await client.query({ name, text, values, rowMode: 'array' });
      return rows as unknown as readonly Row[];
    });
  }

  /** For what is not asked often. */
  query<Row>(
    effect: Effect,
    query: {
      compile(): { readonly sql: string; readonly parameters: readonly unknown[]; readonly query: unknown };
    } & Compilable<Row>,
    options: OpOptions,
  ): Promise<readonly Row[]> {
    const { sql, parameters } = query.compile();
    return this.#call(effect, options, async (client) => (await client.query(sql, [...parameters])).rows as Row[]);
  }

  /** For several statements on one connection, which is ended when one fails: it may be in a transaction. */
  session<T>(effect: Effect, options: OpOptions, work: (send: Send) => Promise<T>): Promise<T> {
    return this.#call(effect, options, async (client) => {
      try {
        return await work(async (text) => (await client.query(text)).rows);
      } catch (error) {
        throw toStoreError(error, effect, this.location);
      }
    });
  }

  /** Waits up to `drainMs` for what is running. */
  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#close(drainMs);
    return this.#closed;
  }

  async #close(drainMs: number): Promise<void> {
    const { promise: idle, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = setTimeout(() => {
      for (const giveUp of this.#running) giveUp(this.#wasClosed());
    }, drainMs);
    if (this.#running.size > 0) await idle;
    clearTimeout(timer);
    await this.#pool.end();
  }

  async #call<T>(effect: Effect, options: OpOptions, work: (client: PoolClient) => Promise<T>): Promise<T> {
    this.enter(effect, options);
    try {
      return await this.#once(effect, options, work);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      return this.#once(effect, options, work);
    }
  }

  /** Gives the connection back, unless it may still be busy with what nobody waits for any more: then it is ended. */
  #once<T>(effect: Effect, options: OpOptions, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const { signal, deadline = performance.now() + this.timeoutMs } = options;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let client: PoolClient | undefined;
    let sent = false;
    let over = false;

    const settle = (end: () => void, keep: boolean) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      client?.release(!keep);
      end();
      this.#running.delete(giveUp);
      if (this.#running.size === 0) this.#idle?.();
    };
    const giveUp = ({ code, message, cause }: StoreError) => {
      const given = code === 'Cancelled' ? code : 'StoreUnavailable';
      settle(() => reject(lost(sent ? effect : 'read', given, message, cause)), false);
    };
    const onAbort = () => {
      const why = `cancelled while waiting for ${this.location}`;
      giveUp(new StoreError('Cancelled', why, { cause: signal?.reason }));
    };
    const timer = setTimeout(
      () => giveUp(new StoreError('StoreUnavailable', `${this.location} did not answer in time`)),
      Math.max(0, Math.min(deadline - performance.now(), MAX_TIMER_MS)),
    );
    signal?.addEventListener('abort', onAbort);
    this.#running.add(giveUp);

    const run = async (): Promise<T> => {
      const got = await this.#pool.connect();
      if (over) {
        got.release();
        throw this.#wasClosed();
      }
      client = got;
      await this.#limit(got, deadline);
      sent = true;
      return work(got);
    };
    run().then(
      (value) => settle(() => resolve(value), true),
      (error: unknown) => {
        const failure = sent ? toStoreError(error, effect, this.location) : unreachable(error, this.location);
        settle(() => reject(failure), leavesConnection(error));
      },
    );
    return promise;
  }

  /** Lets the server end statements that nobody waits for any more. Rounded up, so that it is rarely told. */
  async #limit(client: PoolClient, deadline: number): Promise<void> {
    const leftMs = Math.max(1, deadline - performance.now());
    const timeoutMs = Math.min(2 ** Math.ceil(Math.log2(leftMs)), MAX_TIMER_MS);
    if (this.#statementTimeouts.get(client) === timeoutMs) return;
    await client.query(`SET statement_timeout = ${timeoutMs}`);
    this.#statementTimeouts.set(client, timeoutMs);
  }

  #wasClosed(): StoreError {
    return new StoreError('StoreUnavailable', `the store was closed (${this.location})`);
  }
}

function poolConfig(options: Options, { instanceId }: DriverEnv): PoolConfig {
  const { password, ...address } = addressOf(options);
  return {
    ...address,
    // Empty, so that no file of passwords is searched for one.
    password: password ?? '',
    application_name: `stategate-${instanceId}`,
    max: options.maxConnections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    types: TYPES,
    onConnect: async (client) => void (await client.query(SESSION)),
  };
}

const BOOL = 16;
const BYTEA = 17;
const INTEGERS = new Set([20, 21, 23]);

/** Numbers are safe integers here, so that they need no text. */
const TYPES: CustomTypesConfig = {
  getTypeParser(type: number) {
    if (INTEGERS.has(type)) return Number;
    if (type === BYTEA) return (text: string) => Buffer.from(text.slice(2), 'hex');
    if (type === BOOL) return (text: string) => text === 't';
    return (text: string) => text;
  },
};
