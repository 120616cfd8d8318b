import {
  type ClientDuplexStream,
  Client,
  connectivityState,
  credentials,
  Metadata as GrpcMetadata,
  type StatusObject,
} from '@grpc/grpc-js';
import { type Call, type CallHandlers, Code, type Connection, type Metadata, type Status } from './call.ts';

/** The longest delay that timers accept: "never". */
const NEVER_MS = 2 ** 31 - 1;

export interface GrpcJsOptions {
  readonly host: string;
  readonly port: number;
  readonly maxMessageBytes: number;
}

/** Calls to one peer over HTTP/2 without TLS: one connection, kept open and made again when it breaks. */
export class GrpcJsConnection implements Connection {
  readonly #client: Client;

  constructor({ host, port, maxMessageBytes }: GrpcJsOptions) {
    this.#client = new Client(`${host.includes(':') ? `[${host}]` : host}:${port}`, credentials.createInsecure(), {
      'grpc.enable_retries': 0,
      'grpc.enable_channelz': 0,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': -1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.client_idle_timeout_ms': NEVER_MS,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 10_000,
      'grpc.service_config_disable_resolution': 1,
    });
  }

  /** Connects, keeps connecting after a loss, and tells every change; ends with `close`. */
  watch(onChange: (connected: boolean) => void): void {
    const channel = this.#client.getChannel();
    let told = false;
    const next = (): void => {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.SHUTDOWN) return;
      const connected = state === connectivityState.READY;
      if (connected !== told) {
        told = connected;
        onChange(connected);
      }
      channel.watchConnectivityState(state, Infinity, next);
    };
    next();
  }

  open(path: string, headers: Metadata, handlers: CallHandlers): Call {
    const metadata = new GrpcMetadata();
    for (const [name, value] of headers) metadata.add(name, typeof value === 'string' ? value : Buffer.from(value));
    const stream = this.#client.makeBidiStreamRequest(path, passThrough, passThrough, metadata, {});
    stream.on('metadata', (received: GrpcMetadata) => handlers.onHeaders(fromGrpc(received)));
    stream.on('data', (message: Buffer) => handlers.onMessage(message));
    stream.on('end', () => handlers.onHalfClose());
    stream.on('drain', () => handlers.onDrain());
    stream.on('error', () => undefined); // The same is told by `status`.
    stream.on('status', (status: StatusObject) => {
      const end = (): void => handlers.onEnd(toStatus(status), fromGrpc(status.metadata));
      // Messages that wait for a `resume` come before it.
      if (stream.readableEnded) end();
      else stream.once('end', end);
    });
    return new GrpcJsCall(path, headers, stream);
  }

  close(): void {
    this.#client.close();
  }
}

class GrpcJsCall implements Call {
  readonly path: string;
  readonly headers: Metadata;
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  #begun = false;
  #cancelled = false;

  constructor(path: string, headers: Metadata, stream: ClientDuplexStream<Buffer, Buffer>) {
    this.path = path;
    this.headers = headers;
    this.#stream = stream;
  }

  sendHeaders(): void {
    // They went out when the call was opened.
  }

  /** Nothing is copied: every message of ours is encoded for one send. grpc-js wants a `Buffer`. */
  send(bytes: Uint8Array): boolean {
    if (this.#cancelled || this.#stream.writableEnded || this.#stream.destroyed) return true;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#begun) return this.#stream.write(buffer);
    return this.#stream.write(buffer, () => {
      this.#begun = true;
    });
  }

  halfClose(): void {
    if (!this.#cancelled) this.#stream.end();
  }

  end(): void {
    throw new Error('the client side of a call half-closes or cancels it');
  }

  cancel(_code: Code): void {
    this.#cancelled = true;
    // What is cancelled before its first message is out grpc-js sends all the same, and never resets.
    if (this.#begun) this.#stream.cancel();
    else setImmediate(() => this.#stream.cancel());
    // Its end is told when all is read.
    this.#stream.resume();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}

function passThrough(bytes: Buffer): Buffer {
  return bytes;
}

/** grpc-js calls it an error of its own when the peer closes the connection with one, as Node does after many resets. */
const CONNECTION_CLOSED = /Session closed with error code \d+$/;

function toStatus({ code, details }: Pick<StatusObject, 'code'> & { readonly details?: string }): Status {
  // There are none for what it cannot decompress, whatever its types say.
  if (details === undefined) return { code: toCode(code), message: 'a message cannot be decompressed' };
  const [closed] = CONNECTION_CLOSED.exec(details) ?? [];
  return closed === undefined
    ? { code: toCode(code), message: details }
    : { code: Code.UNAVAILABLE, message: `the connection was lost: ${closed}` };
}

function toCode(code: number): Code {
  return Object.values(Code).find((known) => known === code) ?? Code.UNKNOWN;
}

function fromGrpc(metadata: GrpcMetadata): Metadata {
  return Object.keys(metadata.getMap()).flatMap((name) => metadata.get(name).map((value) => [name, value] as const));
}
