import { constants, type ServerHttp2Stream } from 'node:http2';
import { type AcceptCall, type Call, type CallHandlers, Code, type Metadata, type Status } from './call.ts';
import { type FramingError, frame, MessageReader } from './grpc-framing.ts';
import { encodeGrpcMessage, parseTimeoutMs, toHeaders, toMetadata } from './grpc-headers.ts';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;

/** How long a caller may go on sending after its call has ended. */
const LATE_DATA_MS = 1_000;

/** Serves one HTTP/2 stream as a gRPC call. */
export function serveGrpc(
  stream: ServerHttp2Stream,
  path: string,
  rawHeaders: readonly string[],
  timeout: string | undefined,
  maxMessageBytes: number,
  accept: AcceptCall,
): void {
  const call = new GrpcServerCall(stream, path, rawHeaders, timeout);
  stream.on('error', () => undefined); // What it means is told by `close`.
  if (timeout !== undefined && call.deadlineMs === undefined) {
    call.end({
      code: Code.INVALID_ARGUMENT,
      message: `grpc-timeout "${timeout}" is not a number of at most 8 digits and a unit (H M S m u n)`,
    });
    return;
  }
  const handlers = accept(call);
  call.start(handlers, maxMessageBytes);
}

class GrpcServerCall implements Call {
  readonly path: string;
  readonly deadlineMs?: number;
  readonly #stream: ServerHttp2Stream;
  readonly #rawHeaders: readonly string[];
  #metadata: Metadata | undefined;
  #status: Status | undefined;
  #trailers: Metadata = [];

  constructor(stream: ServerHttp2Stream, path: string, rawHeaders: readonly string[], timeout: string | undefined) {
    this.#stream = stream;
    this.path = path;
    this.#rawHeaders = rawHeaders;
    const deadlineMs = timeout === undefined ? null : parseTimeoutMs(timeout);
    if (deadlineMs !== null) this.deadlineMs = deadlineMs;
  }

  get headers(): Metadata {
    return (this.#metadata ??= toMetadata(this.#rawHeaders));
  }

  start(handlers: CallHandlers, maxMessageBytes: number): void {
    const reader = new MessageReader(maxMessageBytes, (message) => handlers.onMessage(message));
    const refuse = (error: FramingError): void => {
      this.end(framingStatus(error, maxMessageBytes));
    };
    this.#stream.on('data', (chunk: Uint8Array) => {
      if (this.#status !== undefined) return;
      const error = reader.push(chunk);
      if (error !== undefined) refuse(error);
    });
    this.#stream.on('end', () => {
      if (this.#status !== undefined || this.#stream.aborted) return;
      const error = reader.end();
      if (error === undefined) handlers.onHalfClose();
      else refuse(error);
    });
    this.#stream.on('drain', () => handlers.onDrain());
    this.#stream.once('close', () => {
      handlers.onEnd(
        this.#status ?? { code: Code.CANCELLED, message: 'the caller cancelled the call' },
        this.#trailers,
      );
    });
    handlers.onHeaders(this.headers);
  }

  sendHeaders(headers: Metadata): void {
    if (this.#stream.headersSent || this.#stream.destroyed) return;
    this.#stream.respond(
      { ':status': 200, 'content-type': 'application/grpc+proto', ...toHeaders(headers) },
      { waitForTrailers: true },
    );
    this.#stream.once('wantTrailers', () => this.#stream.sendTrailers(this.#statusHeaders()));
  }

  send(bytes: Uint8Array): boolean {
    if (this.#stream.destroyed || this.#status !== undefined) return true;
    this.sendHeaders([]);
    return this.#stream.write(frame(bytes));
  }

  halfClose(): void {
    throw new Error('the server side of a call ends it with a status');
  }

  end(status: Status, trailers: Metadata = []): void {
    if (this.#status !== undefined) return;
    this.#status = status;
    this.#trailers = trailers;
    const stream = this.#stream;
    if (stream.destroyed) return;
    if (stream.headersSent) stream.end();
    else
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc+proto', ...this.#statusHeaders() },
        { endStream: true },
      );
    if (stream.readableEnded) return;
    // What the caller still sends is of no interest: let it pass, and tell it so when the status must have arrived.
    stream.resume();
    setTimeout(() => stream.close(NGHTTP2_NO_ERROR), LATE_DATA_MS).unref();
  }

  cancel(_code: Code): void {
    this.#stream.close(NGHTTP2_CANCEL);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #statusHeaders(): Record<string, string | string[]> {
    const { code, message } = this.#status ?? { code: Code.UNKNOWN, message: 'the call ended without a status' };
    return {
      'grpc-status': String(code),
      ...(message === '' ? {} : { 'grpc-message': encodeGrpcMessage(message) }),
      ...toHeaders(this.#trailers),
    };
  }
}

function framingStatus(error: FramingError, maxMessageBytes: number): Status {
  switch (error) {
    case 'compressed':
      return {
        code: Code.UNIMPLEMENTED,
        message: 'compressed messages are not supported: send grpc-encoding identity',
      };
    case 'too-large':
      return {
        code: Code.RESOURCE_EXHAUSTED,
        message: `the message is larger than ${maxMessageBytes} bytes (api.maxMessageBytes)`,
      };
    case 'truncated':
      return { code: Code.INVALID_ARGUMENT, message: 'the request ended in the middle of a message' };
    default:
      return error satisfies never;
  }
}
