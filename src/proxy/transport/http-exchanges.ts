import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import type { Metadata } from './call.ts';
import { toHeaders, toMetadata } from './grpc-headers.ts';
import { BodyTooLarge, type HttpExchange, RequestAborted } from './http-exchange.ts';

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
    this.#stream.end(body);
  }

  onAbort(listener: () => void): void {
    this.#stream.once('close', () => {
      if (!this.#stream.writableFinished) listener();
    });
  }
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
    source.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      source.pause();
      reject(new BodyTooLarge(limitBytes));
    });
    source.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    source.once('error', () => reject(new RequestAborted()));
    source.once('close', () => reject(new RequestAborted()));
  });
}
