import type { Compilable } from 'kysely';
import type { CustomTypesConfig, Pool, PoolClient, PoolConfig } from 'pg';
import type { DriverEnv, OpOptions } from '@stategate/journal-spi';
import { Calls, MAX_TIMER_MS } from '@stategate/journal-spi/kit';
import type { Call, Effect } from '@stategate/journal-spi/kit';
import { isRetryable, leavesConnection, toStoreError, unreachable } from './errors.ts';
import { addressOf } from './options.ts';
import type { Options } from './options.ts';

const IDLE_MS = 60_000;

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
  readonly calls: Calls;
  readonly now: () => number;
  /** How long a call may take that has no deadline. */
  readonly timeoutMs: number;
  readonly #pool: Pool;
  /** What every connection was told last. */
  readonly #statementTimeouts = new WeakMap<PoolClient, number>();
  #closed: Promise<void> | undefined;

  constructor(pool: Pool, location: string, { timeoutMs }: Options, env: DriverEnv) {
    this.location = location;
    this.now = env.now ?? Date.now;
    this.#pool = pool;
    this.timeoutMs = timeoutMs;
    this.calls = new Calls({
      location,
      readOnly: env.readOnly ?? false,
      timeoutMs,
      toStoreError: (error, effect) => toStoreError(error, effect, location),
    });
    // A connection may break at any time: the call that has it learns it by itself, an idle one is replaced.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** How many calls wait for a connection. */
  get waiting(): number {
    return this.#pool.waitingCount;
  }

  /** Values that take long to make are better a function: what is sent on another connection meanwhile need not wait for them. */
  run<Row extends readonly unknown[]>(
    effect: Effect,
    { name, text }: Statement<Row>,
    values: Parameter[] | (() => Parameter[]),
    options: OpOptions,
  ): Promise<readonly Row[]> {
    return this.#call(effect, options, async (client) => {
      const parameters = typeof values === 'function' ? values() : values;
      const { rows } = await client.query({ name, text, values: parameters, rowMode: 'array' });
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
    await this.calls.close(drainMs);
    await this.#pool.end();
  }

  #call<T>(effect: Effect, options: OpOptions, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.calls.run(effect, options, async (call) => {
      try {
        return await this.#once(effect, call, work);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        return this.#once(effect, call, work);
      }
    });
  }

  /** Gives the connection back, unless it may still be busy with what nobody waits for any more: then it is ended. */
  #once<T>(effect: Effect, options: Call, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.calls.send(effect, options, async (sending) => {
      let client: PoolClient | undefined;
      let over = false;
      const free = (keep: boolean) => {
        client?.release(!keep);
        client = undefined;
      };
      sending.sent = false;
      sending.onOver = () => {
        over = true;
        free(false);
      };
      try {
        const got = await this.#pool.connect();
        client = got;
        if (over) throw new Error('nobody waits any more');
        await this.#limit(got, options.deadline);
        sending.sent = true;
        const result = await work(got);
        free(true);
        return result;
      } catch (error) {
        free(leavesConnection(error) || (over && !sending.sent));
        throw sending.sent ? error : unreachable(error, this.location);
      }
    });
  }

  /** Lets the server end statements that nobody waits for any more. Rounded up, so that it is rarely told. */
  async #limit(client: PoolClient, deadline: number): Promise<void> {
    const leftMs = Math.max(1, deadline - performance.now());
    const timeoutMs = Math.min(2 ** Math.ceil(Math.log2(leftMs)), MAX_TIMER_MS);
    if (this.#statementTimeouts.get(client) === timeoutMs) return;
    await client.query(`SET statement_timeout = ${timeoutMs}`);
    this.#statementTimeouts.set(client, timeoutMs);
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
