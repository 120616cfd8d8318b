import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import { type AcceptCall, type Call, type CallHandlers, Code, type Metadata, type Status } from './call.ts';
import { acceptsGzip, COMPRESS_FROM_BYTES, type Compression, gunzip, gzip } from './compression.ts';
import { COMPRESSED, type FramingError, frame, frameAs, MessageReader } from './grpc-framing.ts';
import { encodeGrpcMessage, toHeaders, toMetadata } from './grpc-headers.ts';

/** How long a caller may go on sending after its call has ended. */
const LATE_DATA_MS = 1_000;

export interface ServerCallOptions {
  readonly maxMessageBytes: number;
  readonly compression: Compression;
  readonly onCall: AcceptCall;
}

/** What the request's headers say about the call, whatever the protocol calls them. */
export interface CallRequest {
  readonly path: string;
  readonly rawHeaders: readonly string[];
  /** How the caller may have compressed its messages. */
  readonly encoding: string | undefined;
  /** What the caller can read. */
  readonly acceptEncoding: string | undefined;
  /** Null when the caller said something that is no time. */
  readonly deadlineMs: number | null | undefined;
}

/** The server's end of a call whose messages are framed as gRPC frames them; protocols differ in headers and in how a call ends. */
export abstract class ServerCall implements Call {
  readonly path: string;
  readonly deadlineMs?: number;
  protected readonly compresses: boolean;
  readonly #rawHeaders: readonly string[];
  readonly #encoding: string | undefined;
  #metadata: Metadata | undefined;
  #status: Status | undefined;
  #trailers: Metadata = [];

  constructor(request: CallRequest, compression: Compression) {
    this.path = request.path;
    if (typeof request.deadlineMs === 'number') this.deadlineMs = request.deadlineMs;
    this.#rawHeaders = request.rawHeaders;
    this.#encoding = request.encoding;
    const mayCompress = compression === 'always' || (compression === 'auto' && request.encoding === 'gzip');
    this.compresses = mayCompress && acceptsGzip(request.acceptEncoding);
  }

  get headers(): Metadata {
    return (this.#metadata ??= toMetadata(this.#rawHeaders));
  }

  /** What the caller sends. */
  protected abstract readonly source: Readable;
  /** Takes what the caller gets; the same as `source` where both are one stream. */
  protected abstract readonly target: ServerHttp2Stream | ServerResponse;
  protected abstract writeHeaders(headers: Metadata): void;
  /** Ends the answer with its status, whether its headers are out or not. */
  protected abstract writeEnd(): void;
  /** Breaks off what is still open; `late` when the answer has been given and only the request goes on. */
  protected abstract reset(late: boolean): void;
  /** The bytes of messages in a piece of the body; null when it has none. */
  protected decode(chunk: Uint8Array): Uint8Array | null {
    return chunk;
  }

  /** The message as its handlers get it; undefined when it is none, and the call has ended. */
  protected take(message: Uint8Array): Uint8Array | undefined {
    return message;
  }

  protected write(framed: Buffer): boolean {
    return this.target.write(framed);
  }

  /** `refusal`: what its headers ask for cannot be done. Its handlers learn of nothing but its end. */
  start({ onCall, maxMessageBytes }: ServerCallOptions, refusal?: Status, trailers: Metadata = []): void {
    const { source, target } = this;
    const handlers: CallHandlers = onCall(this);
    target.once('close', () => {
      handlers.onEnd(
        this.#status ?? { code: Code.CANCELLED, message: 'the caller cancelled the call' },
        this.#trailers,
      );
    });
    if (refusal !== undefined) {
      this.end(refusal, trailers);
      return;
    }
    const inflate = this.#encoding === 'gzip' ? (bytes: Uint8Array) => gunzip(bytes, maxMessageBytes) : undefined;
    const onMessage = (bytes: Uint8Array): void => {
      const message = this.#status === undefined ? this.take(bytes) : undefined;
      if (message !== undefined) handlers.onMessage(message);
    };
    const reader = new MessageReader(maxMessageBytes, onMessage, inflate);
    source.on('data', (chunk: Uint8Array) => {
      if (this.#status !== undefined) return;
      const bytes = this.decode(chunk);
      const error = bytes === null ? 'corrupt' : reader.push(bytes);
      if (error !== undefined) this.end(framingStatus(error, maxMessageBytes));
    });
    source.on('end', () => {
      if (this.#status !== undefined || ('aborted' in target && target.aborted)) return;
      const error = reader.end();
      if (error === undefined) handlers.onHalfClose();
      else this.end(framingStatus(error, maxMessageBytes));
    });
    target.on('drain', () => handlers.onDrain());
    handlers.onHeaders(this.headers);
  }

  sendHeaders(headers: Metadata): void {
    if (!this.target.headersSent && !this.target.destroyed) this.writeHeaders(headers);
  }

  send(bytes: Uint8Array): boolean {
    if (this.target.destroyed || this.#status !== undefined) return true;
    this.sendHeaders([]);
    const compressed = this.compresses && bytes.length >= COMPRESS_FROM_BYTES;
    return this.write(compressed ? frameAs(COMPRESSED, gzip(bytes)) : frame(bytes));
  }

  halfClose(): void {
    throw new Error('the server side of a call ends it with a status');
  }

  end(status: Status, trailers: Metadata = []): void {
    if (this.#status !== undefined) return;
    this.#status = status;
    this.#trailers = trailers;
    if (this.target.destroyed) return;
    this.writeEnd();
    if (this.source.readableEnded) return;
    // What the caller still sends is of no interest: let it pass, and tell it so when the status must have arrived.
    this.source.resume();
    setTimeout(() => {
      // A request that has ended meanwhile leaves its connection to the next one.
      if (!this.source.readableEnded) this.reset(true);
    }, LATE_DATA_MS).unref();
  }

  cancel(_code: Code): void {
    this.reset(false);
  }

  /** How the call ended. */
  protected get status(): Status {
    return this.#status ?? { code: Code.UNKNOWN, message: 'the call ended without a status' };
  }

  protected get trailers(): Metadata {
    return this.#trailers;
  }

  /** How the call ended, as gRPC's trailers say it. */
  protected statusHeaders(): Record<string, string | string[]> {
    const { code, message } = this.status;
    return {
      'grpc-status': String(code),
      ...(message === '' ? {} : { 'grpc-message': encodeGrpcMessage(message) }),
      ...toHeaders(this.#trailers),
    };
  }

  pause(): void {
    this.source.pause();
  }

  resume(): void {
    this.source.resume();
  }
}

function framingStatus(error: FramingError, maxMessageBytes: number): Status {
  switch (error) {
    case 'unknown-flag':
      return { code: Code.INTERNAL, message: 'the request has a frame that is neither a message nor a compressed one' };
    case 'not-compressed':
      return {
        code: Code.INTERNAL,
        message: 'a message says that it is compressed, but no header says how: send grpc-encoding gzip',
      };
    case 'too-large':
      return {
        code: Code.RESOURCE_EXHAUSTED,
        message: `the message is larger than ${maxMessageBytes} bytes (api.maxMessageBytes)`,
      };
    case 'corrupt':
      return { code: Code.INVALID_ARGUMENT, message: 'the request is not encoded as its headers say' };
    case 'truncated':
      return { code: Code.INVALID_ARGUMENT, message: 'the request ended in the middle of a message' };
    default:
      return error satisfies never;
  }
}
