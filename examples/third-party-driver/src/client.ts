import { fileURLToPath } from 'node:url';
import type * as Grpc from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { StoreError, type DriverEnv, type OpOptions } from '@stategate/journal-spi';
import { Calls, throwIfOver, type Effect, type Sending } from '@stategate/journal-spi/kit';
import { isExpiredToken, toStoreError } from './errors.ts';
import { endpointsOf, type Options } from './options.ts';

/** How often a call that waits for a connection looks whether anybody still waits for it. */
const LOOK_MS = 100;
const CHANNEL = {
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5000,
  // Above what `sizes.ts` lets one answer hold.
  'grpc.max_receive_message_length': 16 * 1024 ** 2,
};

/** One address of etcd, and the connection to it, which comes back by itself. */
export interface Member {
  readonly host: string;
  readonly connection: Grpc.Client;
}

/** A member to ask, and what goes with every request. */
interface Session {
  readonly member: Member;
  readonly metadata: Grpc.Metadata;
}

/** Asks one member of etcd, and from then on another one when it does not serve. */
export class Client {
  readonly calls: Calls;
  readonly now: () => number;
  readonly members: readonly Member[];
  readonly #options: Options;
  readonly #grpc: typeof Grpc;
  readonly #api: PackageDefinition;
  readonly #streams = new Set<{ cancel(): void }>();
  /** As they are preferred. */
  #order: readonly Member[];
  #token: string | undefined;

  private constructor(grpc: typeof Grpc, api: PackageDefinition, options: Options, env: DriverEnv) {
    const { ca, cert, key } = options.tls ?? {};
    const { credentials } = grpc;
    const channel = { ...CHANNEL, 'grpc.primary_user_agent': `stategate/${env.instanceId.replace(/[^\w.-]/g, '_')}` };
    this.members = endpointsOf(options).map(({ host, secured }) => {
      const tls = secured ? credentials.createSsl(bytesOf(ca), bytesOf(key), bytesOf(cert)) : undefined;
      return { host, connection: new grpc.Client(host, tls ?? credentials.createInsecure(), channel) };
    });
    const location = `etcd at ${this.members.map(({ host }) => host).join(', ')}`;
    this.calls = new Calls({
      location,
      readOnly: env.readOnly === true,
      timeoutMs: options.timeoutMs,
      toStoreError: (error, effect) => toStoreError(error, effect, location),
    });
    this.now = env.now ?? Date.now;
    this.#order = this.members;
    this.#options = options;
    this.#grpc = grpc;
    this.#api = api;
  }

  static async connect(options: Options, env: DriverEnv): Promise<Client> {
    const [grpc, { load }] = await Promise.all([import('@grpc/grpc-js'), import('@grpc/proto-loader')]);
    const file = fileURLToPath(new URL('../src/etcd.proto', import.meta.url));
    return new Client(grpc, await load(file, { longs: Number, enums: String, defaults: true }), options, env);
  }

  /** One request, such as `KV.Txn`, to this member or to any. Throws `StoreError`. */
  call<Reply>(method: string, request: object, effect: Effect, options: OpOptions, member?: Member): Promise<Reply> {
    return this.calls.send(effect, options, async (sending) => {
      const ask = async () => {
        const session = await this.#session(sending, member);
        sending.sent = true;
        return this.#ask<Reply>(method, request, session, sending);
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
    const { member, metadata } = await this.calls.send('read', options, (sending) => this.#session(sending));
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const deadline = Date.now() + (options.deadline ?? Infinity) - performance.now();
    const stream = member.connection.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, {
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
      this.#leave(member);
      throw toStoreError(error, 'read', this.calls.location);
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.#streams.delete(stream);
      cancel();
    }
  }

  async close(drainMs: number): Promise<void> {
    await this.calls.close(drainMs);
    for (const stream of this.#streams) stream.cancel();
    for (const { connection } of this.members) connection.close();
  }

  async #ask<Reply>(method: string, request: object, session: Session, sending: Sending): Promise<Reply> {
    throwIfOver(sending.call);
    const { member, metadata } = session;
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const { promise, resolve, reject } = Promise.withResolvers<object | undefined>();
    const call = member.connection.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      (error, reply) => {
        if (error === null) return resolve(reply);
        this.#leave(member);
        reject(error);
      },
    );
    sending.onOver = () => {
      this.#leave(member);
      call.cancel();
    };
    return (await promise) as Reply;
  }

  /** Waits for a connection, and logs in. Until then nothing was sent, and nothing will be when nobody waits any more. */
  async #session(sending: Sending, only?: Member): Promise<Session> {
    sending.sent = false;
    const member = await this.#connected(sending, only);
    const session = { member, metadata: new this.#grpc.Metadata() };
    // Else a member that has lost the others would keep us waiting.
    session.metadata.set('hasleader', 'true');
    const { username: name, password = '' } = this.#options;
    if (name !== undefined) {
      const login = { name, password };
      this.#token ??= (await this.#ask<{ token: string }>('Auth.Authenticate', login, session, sending)).token;
      session.metadata.set('token', this.#token);
    }
    return session;
  }

  /** The first member that is connected, of all or this one. */
  async #connected(sending: Sending, only?: Member): Promise<Member> {
    const { READY, TRANSIENT_FAILURE } = this.#grpc.connectivityState;
    let over = false;
    sending.onOver = () => (over = true);
    while (!over) {
      const members = only === undefined ? this.#order : [only];
      const channels = members.map(({ connection }) => connection.getChannel());
      // Asked of all of them, so that they connect: then there is one to go on with at once.
      const states = channels.map((channel) => channel.getConnectivityState(true));
      const found = members[states.indexOf(READY)];
      if (found !== undefined) return found;
      if (states.every((state) => state === TRANSIENT_FAILURE))
        throw this.#unavailable('cannot be reached; is store.config.url right?');
      const { promise, resolve } = Promise.withResolvers<void>();
      const until = Date.now() + LOOK_MS;
      for (const [at, state] of states.entries()) channels[at]?.watchConnectivityState(state, until, () => resolve());
      await promise;
    }
    throw this.#unavailable('was not asked: nobody waits for it');
  }

  /** Whatever went wrong with this member, another one may do better: they come first now. */
  #leave(member: Member): void {
    this.#order = [...this.#order.filter((other) => other !== member), member];
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

  #unavailable(why: string): StoreError {
    return new StoreError('StoreUnavailable', `${this.calls.location} ${why}`);
  }
}

function bytesOf(pem: string | undefined): Buffer | null {
  return pem === undefined ? null : Buffer.from(pem);
}
