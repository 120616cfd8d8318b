import type { Redis, RedisOptions } from 'ioredis';
import { StoreError } from '@stategate/journal-spi';
import type { DriverEnv, OpOptions } from '@stategate/journal-spi';
import { Calls, within } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import { replyCode, toStoreError, unreachable } from './errors.ts';
import type { Options } from './options.ts';
import type { Script } from './scripts.ts';

type Argument = string | number | Buffer;

/** What may wait for the server at once. */
const MAX_WAITING_BYTES = 256 * 1024 ** 2;

const MAX_RECONNECT_DELAY_MS = 1000;
/** How long one blocking read lasts: it must be shorter than the silence after which a connection is given up. */
const BLOCK_MS = 1000;

export interface BlockingConnection {
  /** Returns when the stream has an entry behind `id`, after a while, or when nobody waits any more. */
  waitForEntry(stream: string, id: string, options: OpOptions): Promise<void>;
  close(): void;
}

/** Connects, or throws why not. Nothing is retried but the connection itself: a call is sent once. */
export async function connect(options: Options, env: DriverEnv): Promise<Connection> {
  const { Redis } = await import('ioredis');
  const connection = new Connection(new Redis(clientOptions(options, env)), options, env);
  await connection.open();
  return connection;
}

/** The one connection for everything but blocking reads. It comes back by itself; meanwhile calls fail at once. */
export class Connection {
  readonly calls: Calls;
  readonly now: () => number;
  readonly #redis: Redis;
  readonly #options: Options;
  readonly #blocking = new Set<Redis>();
  #error: unknown;
  #waitingBytes = 0;
  #corked = false;

  constructor(redis: Redis, options: Options, env: DriverEnv) {
    this.#redis = redis;
    this.#options = options;
    this.now = env.now ?? Date.now;
    const { host, pathname } = new URL(options.url);
    const location = `Redis at ${host}${pathname === '/' ? '' : pathname}`;
    this.calls = new Calls({
      location,
      readOnly: env.readOnly ?? false,
      timeoutMs: options.timeoutMs,
      toStoreError: (error, effect) => toStoreError(error, effect, location),
    });
    redis.on('error', (error) => (this.#error = error));
    redis.on('ready', () => (this.#error = undefined));
  }

  async open(): Promise<void> {
    try {
      await this.#inTime(this.#redis.connect());
    } catch (error) {
      this.#redis.disconnect();
      throw unreachable(this.#error ?? error, this.calls.location);
    }
  }

  /** Runs a script. The server may have forgotten it (a restart, SCRIPT FLUSH): then it was not run, and goes along. */
  async run(
    { source, sha }: Script,
    effect: Effect,
    keys: readonly string[],
    args: readonly Argument[],
    options: OpOptions,
  ): Promise<unknown> {
    const rest = [keys.length, ...keys, ...args];
    try {
      return await this.command(effect, 'EVALSHA', [sha, ...rest], options);
    } catch (error) {
      if (!(error instanceof StoreError) || replyCode(error.cause) !== 'NOSCRIPT') throw error;
      return this.command(effect, 'EVAL', [source, ...rest], options);
    }
  }

  command(effect: Effect, name: string, args: Argument[], options: OpOptions): Promise<unknown> {
    return this.calls.send(effect, options, (sending) => {
      const refusal = this.#refusal();
      if (refusal !== undefined) return Promise.reject(refusal);
      const bytes = args.reduce<number>((sum, each) => sum + (typeof each === 'number' ? 8 : each.length), 0);
      this.#waitingBytes += bytes;
      sending.onEnd = () => void (this.#waitingBytes -= bytes);
      this.#cork();
      return this.#redis.callBuffer(name, args);
    });
  }

  /** Connects once more, for blocking reads: they would hold up everything else. It ends with the driver, and is not made again. */
  async connectToBlock(signal: AbortSignal | undefined): Promise<BlockingConnection> {
    const { timeoutMs } = this.#options;
    const redis = this.#redis.duplicate({ retryStrategy: () => null });
    redis.on('error', () => undefined);
    this.#blocking.add(redis);
    const close = () => {
      signal?.removeEventListener('abort', close);
      this.#blocking.delete(redis);
      redis.disconnect();
    };
    signal?.addEventListener('abort', close);
    /** What fails because nobody waits any more is no error: the next call says so. */
    const fail = (error: unknown) => {
      if (signal?.aborted !== true && !this.calls.closed) throw toStoreError(error, 'read', this.calls.location);
    };
    await this.#inTime(redis.connect()).catch(fail);
    return {
      async waitForEntry(stream, id, { deadline = Infinity }) {
        const blockMs = Math.max(1, Math.min(BLOCK_MS, timeoutMs / 2, deadline - performance.now()));
        const args = ['COUNT', 1, 'BLOCK', Math.ceil(blockMs), 'STREAMS', stream, id];
        await redis.callBuffer('XREAD', args).catch(fail);
      },
      close,
    };
  }

  /** Waits up to `drainMs` for what was sent. */
  async close(drainMs: number): Promise<void> {
    const drained = this.calls.close(drainMs);
    for (const redis of this.#blocking) redis.disconnect();
    await drained;
    const ended = new Promise((resolve) => this.#redis.once('end', resolve));
    const connected = this.#redis.status === 'ready';
    this.#redis.disconnect();
    if (connected) await this.#inTime(ended).catch(() => undefined);
  }

  #refusal(): StoreError | undefined {
    if (this.#redis.status !== 'ready') return unreachable(this.#error, this.calls.location);
    if (this.#waitingBytes <= MAX_WAITING_BYTES) return undefined;
    return new StoreError('Throttled', `${this.#waitingBytes} bytes wait for ${this.calls.location}: it is too slow`);
  }

  /** What is sent in one turn of the event loop leaves in one write. */
  #cork(): void {
    if (this.#corked) return;
    const { stream } = this.#redis;
    this.#corked = true;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  /** For what has to do with the connection itself. */
  #inTime<T>(work: Promise<T>): Promise<T> {
    const { connectTimeoutMs } = this.#options;
    const late = () => new Error(`no answer for ${connectTimeoutMs} ms`);
    return within(work, { deadline: performance.now() + connectTimeoutMs }, late);
  }
}

function clientOptions(options: Options, { instanceId }: DriverEnv): RedisOptions & { replyMapping: 'legacy' } {
  const url = new URL(options.url);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1)),
    username: options.username ?? decodeURIComponent(url.username),
    password: options.password ?? decodeURIComponent(url.password),
    ...(url.protocol === 'rediss:' && { tls: options.tls ?? {} }),
    // The server takes no spaces in it.
    connectionName: `stategate-${instanceId.replace(/[^\w.:-]/g, '_')}`,
    protocol: 2,
    replyMapping: 'legacy',
    lazyConnect: true,
    disableClientInfo: true,
    connectTimeout: options.connectTimeoutMs,
    socketTimeout: options.timeoutMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS),
    // A call is sent once, or refused at once: by default it would wait for a connection, and be sent again when its answer was lost.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: (error) => (replyCode(error) === 'READONLY' ? 1 : false),
  };
}
