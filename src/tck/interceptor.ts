import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  status as grpcStatus,
  type ServerDuplexStream,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Type } from 'protobufjs';
import type { Codec, Plain } from './codec.ts';

const MOST_BYTES = 16 * 1024 * 1024;
/** Whoever is judged may be about to start. */
const RECONNECT_MS = 500;

/** A message, or how that direction ended. */
export type Item = Plain | 'complete' | 'cancelled' | { readonly status: number; readonly details: string };

/** One call of the proxy at the user function. */
export interface InterceptedCall {
  /** The name of the protocol's service without its package, and of its method. */
  readonly rpc: string;
  readonly in: readonly Item[];
  readonly out: readonly Item[];
}

/** Everything that a proxy can call. */
export const SERVICES: readonly string[] = [
  'cloudstate.EntityDiscovery',
  'cloudstate.action.ActionProtocol',
  'cloudstate.eventsourced.EventSourced',
  'cloudstate.valueentity.ValueEntity',
  'cloudstate.crdt.Crdt',
];

interface Rpc {
  readonly path: string;
  readonly input: Type;
  readonly output: Type;
}

/** Stands between a proxy and a user function: passes on every call, both ways, and writes down what went by. */
export class Interceptor implements AsyncDisposable {
  readonly port: number;
  readonly calls: readonly InterceptedCall[];
  readonly #calls: { readonly rpc: string; readonly in: Item[]; readonly out: Item[] }[] = [];
  readonly #server: Server;
  readonly #client: Client;
  readonly #codec: Codec;

  private constructor(port: number, server: Server, client: Client, codec: Codec) {
    this.port = port;
    this.calls = this.#calls;
    this.#server = server;
    this.#client = client;
    this.#codec = codec;
  }

  /**
   * @param address where it listens, `host:port`; port 0 takes a free one
   * @param userFunction `host:port`
   */
  static async start(address: string, userFunction: string, codec: Codec): Promise<Interceptor> {
    const limits = { 'grpc.max_receive_message_length': MOST_BYTES, 'grpc.max_send_message_length': MOST_BYTES };
    const server = new Server(limits);
    const client = new Client(userFunction, credentials.createInsecure(), {
      ...limits,
      'grpc.enable_retries': 0,
      'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
      'grpc.use_local_subchannel_pool': 1,
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(new Error(`cannot listen on ${address}: ${error.message}`)),
      );
    });
    const interceptor = new Interceptor(port, server, client, codec);
    for (const rpc of rpcs(codec)) {
      const handle = (call: RawCall): void => interceptor.#passOn(rpc, call);
      server.register(rpc.path, handle, raw, raw, 'bidi');
    }
    return interceptor;
  }

  #passOn({ path, input, output }: Rpc, incoming: RawCall): void {
    const call = { rpc: path.slice(path.lastIndexOf('.') + 1), in: new Array<Item>(), out: new Array<Item>() };
    this.#calls.push(call);
    const outgoing = this.#client.makeBidiStreamRequest(path, raw, raw, incoming.metadata);
    incoming.on('error', () => undefined);
    incoming.on('data', (bytes: Buffer) => {
      call.in.push(this.#read(input, bytes));
      if (outgoing.write(bytes)) return;
      incoming.pause();
      outgoing.once('drain', () => incoming.resume());
    });
    incoming.once('end', () => {
      // grpc-js tells the end of what was reset first, and the reset afterwards.
      setImmediate(() => {
        if (call.in.at(-1) === 'cancelled' || (incoming.cancelled && !incoming.writableEnded)) return;
        call.in.push('complete');
        outgoing.end();
      });
    });
    incoming.once('cancelled', () => {
      if (incoming.writableEnded) return;
      call.in.push('cancelled');
      outgoing.cancel();
    });
    outgoing.on('error', () => undefined);
    outgoing.on('data', (bytes: Buffer) => {
      call.out.push(this.#read(output, bytes));
      if (incoming.write(bytes)) return;
      outgoing.pause();
      incoming.once('drain', () => outgoing.resume());
    });
    outgoing.once('status', ({ code, details }: StatusObject) => {
      const end = (): void => {
        call.out.push(code === grpcStatus.OK ? 'complete' : { status: code, details });
        if (code === grpcStatus.OK) incoming.end();
        else incoming.emit('error', { code, details });
      };
      if (outgoing.readableEnded) end();
      else outgoing.once('end', end);
    });
  }

  /** What cannot be read is passed on all the same, and shown as it is. */
  #read(type: Type, bytes: Buffer): Plain {
    try {
      return this.#codec.decode(type, bytes);
    } catch {
      return { unreadable: bytes.toString('base64') };
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

type RawCall = ServerDuplexStream<Buffer, Buffer>;

/** Every rpc that a proxy can call. */
function rpcs({ root }: Codec): readonly Rpc[] {
  return SERVICES.flatMap((service) =>
    root.lookupService(service).methodsArray.map(({ name, resolvedRequestType, resolvedResponseType }) => {
      if (resolvedRequestType === null || resolvedResponseType === null) throw new Error(`${service}.${name}`);
      return { path: `/${service}/${name}`, input: resolvedRequestType, output: resolvedResponseType };
    }),
  );
}

function raw(bytes: Buffer): Buffer {
  return bytes;
}
