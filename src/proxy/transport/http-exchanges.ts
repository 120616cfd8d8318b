import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Readable, Writable } from 'node:stream';
import type { Metadata } from './call.ts';
import { toHeaders, toMetadata } from './grpc-headers.ts';
import { BodyTooLarge, type HttpExchange, RequestAborted, type ResponseBody } from './http-exchange.ts';

/** How long a client may send nothing of a body that it owes. */
const BODY_IDLE_MS = 60_000;
/** How long a client has to take what was written before the response is cut. */
const ABORT_GRACE_MS = 5_000;

/** An HTTP/1.1 request. */
export class Http1Exchange implements HttpExchange {
  readonly method: string;
  readonly target: string;
  readonly headers: Metadata;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.headers = toHttpHeaders(request.rawHeaders);
    this.#request = request;
    this.#response = response;
  }

  body(limitBytes: number): Promise<Uint8Array> {
    return readBody(this.#request, limitBytes);
  }

  respond(status: number, headers: Metadata, body: Uint8Array | string): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    // An unread body is the next request's beginning: the connection cannot be kept then.
    const close = this.#request.complete || !hasBody(this.#request) ? {} : { connection: 'close' };
    this.#response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...toHeaders(headers), ...close });
    this.#response.end(body);
  }

  begin(status: number, headers: Metadata, onDrain: () => void): ResponseBody {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return GONE;
    response.writeHead(status, toHeaders(headers));
    response.flushHeaders();
    if (this.method === 'HEAD') return endOnly(response);
    return pieces(response, onDrain, () => response.socket?.destroySoon());
  }

  onAbort(listener: () => void): void {
    this.#response.once('close', () => {
      if (!this.#response.writableFinished) listener();
    });
  }
}

/** A request on an HTTP/2 stream. */
export class Http2Exchange implements HttpExchange {
  readonly method: string;
  readonly target: string;
  readonly headers: Metadata;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]) {
    this.method = headers[':method'] ?? '';
    this.target = headers[':path'] ?? '';
    this.headers = toHttpHeaders(rawHeaders);
    this.#stream = stream;
    stream.on('error', () => undefined);
  }

  body(limitBytes: number): Promise<Uint8Array> {
    return readBody(this.#stream, limitBytes);
  }

  respond(status: number, headers: Metadata, body: Uint8Array | string): void {
    if (this.#stream.headersSent || this.#stream.destroyed) return;
    this.#stream.respond({ ':status': status, 'content-length': Buffer.byteLength(body), ...toHeaders(headers) });
    if (this.method === 'HEAD') return;
    this.#stream.end(body, () => {
      // The client need not send the rest of a body that nobody reads.
      if (!this.#stream.readableEnded) this.#stream.close();
    });
  }

  begin(status: number, headers: Metadata, onDrain: () => void): ResponseBody {
    const stream = this.#stream;
    if (stream.headersSent || stream.destroyed) return GONE;
    stream.respond({ ':status': status, ...toHeaders(headers) });
    if (this.method === 'HEAD') return GONE;
    // Behind everything that was written: a reset overtakes what waits. Only destroying resets with an error.
    return pieces(stream, onDrain, () => void stream.write('', () => stream.destroy(new Error('cut'))));
  }

  onAbort(listener: () => void): void {
    this.#stream.once('close', () => {
      if (!this.#stream.writableFinished) listener();
    });
  }
}

/** Nobody takes the body. */
const GONE: ResponseBody = { write: () => true, end: () => undefined, abort: () => undefined };

function endOnly(response: ServerResponse): ResponseBody {
  return { write: () => true, end: () => response.end(), abort: () => response.end() };
}

/** `cut` ends `sink` as broken, after what was written. */
function pieces(sink: Writable, onDrain: () => void, cut: () => void): ResponseBody {
  sink.on('drain', onDrain);
  return {
    write: (piece) => sink.destroyed || sink.write(piece),
    end: () => sink.end(),
    abort() {
      if (sink.destroyed) return;
      cut();
      const late = setTimeout(() => sink.destroy(), ABORT_GRACE_MS);
      sink.once('close', () => clearTimeout(late));
    },
  };
}

/** For HTTP the content type is a header like any other. */
function toHttpHeaders(raw: readonly string[]): Metadata {
  const index = raw.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-type');
  const metadata = toMetadata(raw);
  return index < 0 ? metadata : [...metadata, ['content-type', raw[index + 1] ?? '']];
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function readBody(source: Readable, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const idle = setTimeout(() => {
      reject(new RequestAborted());
      source.destroy();
    }, BODY_IDLE_MS);
    source.on('data', (chunk: Uint8Array) => {
      idle.refresh();
      size += chunk.length;
      if (size <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      source.pause();
      clearTimeout(idle);
      reject(new BodyTooLarge(limitBytes));
    });
    source.once('end', () => {
      clearTimeout(idle);
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    source.on('error', () => reject(new RequestAborted()));
    source.once('close', () => {
      clearTimeout(idle);
      reject(new RequestAborted());
    });
  });
}
