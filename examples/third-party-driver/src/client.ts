import { fileURLToPath } from 'node:url';
import type * as Grpc from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { StoreError, type DriverEnv, type OpOptions } from '@stategate/journal-spi';
import { Calls, throwIfOver, type Effect, type Sending } from '@stategate/journal-spi/kit';
import { isExpiredToken, toStoreError } from './errors.ts';
import type { Options } from './options.ts';

/** How often a call that waits for a connection looks whether anybody still waits for it. */
const LOOK_MS = 100;
/** Above what `sizes.ts` lets one answer hold. */
const MAX_ANSWER_BYTES = 16 * 1024 ** 2;

const CHANNEL = {
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5000,
  'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
};

/** One connection to etcd, which comes back by itself. */
export class Client {
  readonly calls: Calls;
  readonly now: () => number;
  readonly #options: Options;
  readonly #grpc: typeof Grpc;
  readonly #api: PackageDefinition;
  readonly #connection: Grpc.Client;
  readonly #streams = new Set<{ cancel(): void }>();
  #token: string | undefined;

  private constructor(grpc: typeof Grpc, api: PackageDefinition, options: Options, env: DriverEnv) {
    const { host, protocol } = new URL(options.url);
    const { ca, cert, key } = options.tls ?? {};
    const { credentials } = grpc;
    const secured = () => credentials.createSsl(bytesOf(ca), bytesOf(key), bytesOf(cert));
    const location = `etcd at ${host}`;
    this.calls = new Calls({
      location,
      readOnly: env.readOnly === true,
      timeoutMs: options.timeoutMs,
      toStoreError: (error, effect) => toStoreError(error, effect, location),
    });
    this.now = env.now ?? Date.now;
    this.#options = options;
    this.#grpc = grpc;
    this.#api = api;
    this.#connection = new grpc.Client(host, protocol === 'https:' ? secured() : credentials.createInsecure(), {
      ...CHANNEL,
      'grpc.primary_user_agent': `stategate/${env.instanceId.replace(/[^\w.-]/g, '_')}`,
    });
  }

  static async connect(options: Options, env: DriverEnv): Promise<Client> {
    const [grpc, { load }] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
    const file = fileURLToPath(new URL('../src/etcd.proto', import.meta.url));
    return new Client(grpc, await load(file, { longs: Number, enums: String, defaults: true }), options, env);
  }

  get location(): string {
    return this.calls.location;
  }

  /** One request, such as `KV.Txn`. Throws `StoreError`. */
  call<Reply>(method: string, request: object, effect: Effect, options: OpOptions): Promise<Reply> {
    return this.calls.send(effect, options, async (sending) => {
      const ask = async () => {
        const token = await this.#session(sending);
        sending.sent = true;
        return this.#ask<Reply>(method, request, token, sending);
      };
      return ask().catch((error: unknown) => {
        if (!isExpiredToken(error)) throw error;
        this.#token = undefined;
        return ask();
      });
    });
  }

  /** What etcd answers to one request bit by bit, until the reader stops. Throws `StoreError`, also when etcd ends it. */
  async *follow<Reply>(method: string, request: object, options: OpOptions): AsyncGenerator<Reply, never, undefined> {
    const token = await this.calls.send('read', options, (sending) => this.#session(sending));
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const metadata = this.#metadata(token);
    const deadline = Date.now() + (options.deadline ?? Infinity) - performance.now();
    const stream = this.#connection.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, {
      deadline,
    });
    // Errors come up where it is read; one after that is nobody's.
    stream.on('error', () => undefined);
    const cancel = () => stream.cancel();
    this.#streams.add(stream);
    options.signal?.addEventListener('abort', cancel);
    try {
      stream.write(request);
      for await (const reply of stream) yield reply as Reply;
      throw this.#unavailable('ended the stream');
    } catch (error) {
      throwIfOver(options);
      throw toStoreError(error, 'read', this.location);
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.#streams.delete(stream);
      cancel();
    }
  }

  async close(drainMs: number): Promise<void> {
    await this.calls.close(drainMs);
    for (const stream of this.#streams) stream.cancel();
    this.#connection.close();
  }

  async #ask<Reply>(method: string, request: object, token: string | undefined, sending: Sending): Promise<Reply> {
    throwIfOver(sending.call);
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const { promise, resolve, reject } = Promise.withResolvers<object | undefined>();
    const call = this.#connection.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      this.#metadata(token),
      (error, reply) => (error === null ? resolve(reply) : reject(error)),
    );
    sending.onOver = () => call.cancel();
    return (await promise) as Reply;
  }

  /** Waits for the connection, and logs in. Until then nothing was sent, and nothing will be when nobody waits any more. */
  async #session(sending: Sending): Promise<string | undefined> {
    const { READY, TRANSIENT_FAILURE } = this.#grpc.connectivityState;
    sending.sent = false;
    let over = false;
    sending.onOver = () => (over = true);
    const channel = this.#connection.getChannel();
    for (let state; !over && (state = channel.getConnectivityState(true)) !== READY;) {
      if (state === TRANSIENT_FAILURE) throw this.#unavailable('cannot be reached; is store.config.url right?');
      const { promise, resolve } = Promise.withResolvers<void>();
      channel.watchConnectivityState(state, Date.now() + LOOK_MS, () => resolve());
      await promise;
    }
    const { username: name, password = '' } = this.#options;
    if (over) throw this.#unavailable('was not asked: nobody waits for it');
    if (name === undefined || this.#token !== undefined) return this.#token;
    const login = this.#ask<{ readonly token: string }>('Auth.Authenticate', { name, password }, undefined, sending);
    this.#token = (await login).token;
    return this.#token;
  }

  #method(name: string): MethodDefinition<object, object> {
    const [service = '', method = ''] = name.split('.');
    const definition = this.#api[`etcdserverpb.${service}`] as Readonly<
      Record<string, MethodDefinition<object, object>>
    >;
    const found = definition[method];
    if (found === undefined) throw new Error(`etcd.proto has no ${name}`);
    return found;
  }

  #metadata(token: string | undefined): Grpc.Metadata {
    const metadata = new this.#grpc.Metadata();
    if (token !== undefined) metadata.set('token', token);
    return metadata;
  }

  #unavailable(why: string): StoreError {
    return new StoreError('StoreUnavailable', `${this.location} ${why}`);
  }
}

function bytesOf(pem: string | undefined): Buffer | null {
  return pem === undefined ? null : Buffer.from(pem);
}
