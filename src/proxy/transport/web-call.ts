import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { Base64Decoder } from './base64-decoder.ts';
import type { Metadata } from './call.ts';
import type { Compression } from './compression.ts';
import { frameAs } from './grpc-framing.ts';
import { toHeaders } from './grpc-headers.ts';
import { readGrpcHeaders, startOrRefuse } from './grpc-server-call.ts';
import { type CallRequest, ServerCall, type ServerCallOptions } from './server-call.ts';

const GRPC_WEB = /^application\/grpc-web(-text)?(\+proto)?\s*(;|$)/i;
/** Flag of the frame that carries the trailers. */
const TRAILERS = 0x80;

/** A request and the place of its answer, of HTTP/1.1 or HTTP/2. */
export type WebExchange =
  | { readonly source: IncomingMessage; readonly target: ServerResponse }
  | { readonly source: ServerHttp2Stream; readonly target: ServerHttp2Stream };

export interface WebRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** Adds what the answer needs so that a page in a browser may read it. */
  readonly decorate: (headers: Metadata) => Metadata;
}

export function isGrpcWeb(contentType: string | undefined): boolean {
  return contentType !== undefined && GRPC_WEB.test(contentType);
}

/** Serves one request as a call of gRPC-Web, binary or text (protocol-spec §8.3). */
export function serveGrpcWeb(exchange: WebExchange, request: WebRequest, options: ServerCallOptions): void {
  const { headers, path, rawHeaders } = request;
  const call = readGrpcHeaders(path, headers, rawHeaders);
  startOrRefuse(new GrpcWebCall(exchange, request, call, options.compression), headers, call, options);
}

/** A call over one HTTP request and its answer, which ends in the body. */
export abstract class WebCall extends ServerCall {
  protected readonly source: WebExchange['source'];
  protected readonly target: WebExchange['target'];
  readonly #decorate: WebRequest['decorate'];

  constructor({ source, target }: WebExchange, web: WebRequest, request: CallRequest, compression: Compression) {
    super(request, compression);
    this.source = source;
    this.target = target;
    this.#decorate = web.decorate;
    // What errors mean is told by `close`.
    source.on('error', () => undefined);
    target.on('error', () => undefined);
  }

  protected respond(contentType: string, headers: Metadata): void {
    const all = { 'content-type': contentType, ...toHeaders(this.#decorate(headers)) };
    if ('respond' in this.target) this.target.respond({ ':status': 200, ...all });
    else this.target.writeHead(200, all);
  }

  protected reset(late: boolean): void {
    if ('respond' in this.target) {
      this.target.close(late ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
      return;
    }
    // An answer that is complete has let go of the connection; the request still holds it.
    this.target.destroy();
    this.source.destroy();
  }
}

class GrpcWebCall extends WebCall {
  readonly #decoder: Base64Decoder | undefined;
  readonly #asText: boolean;

  constructor(exchange: WebExchange, web: WebRequest, request: CallRequest, compression: Compression) {
    super(exchange, web, request, compression);
    const { 'content-type': type = '', accept = '' } = web.headers;
    this.#decoder = GRPC_WEB.exec(type)?.[1] === undefined ? undefined : new Base64Decoder();
    this.#asText = /^application\/grpc-web-text/i.test(accept);
  }

  protected override decode(chunk: Uint8Array): Uint8Array | null {
    return this.#decoder === undefined ? chunk : this.#decoder.push(chunk);
  }

  protected override write(framed: Buffer): boolean {
    return this.target.write(this.#encode(framed));
  }

  protected writeHeaders(headers: Metadata): void {
    this.#respond(this.compresses ? [['grpc-encoding', 'gzip'], ...headers] : headers);
  }

  protected writeEnd(): void {
    const pairs = Object.entries(this.statusHeaders()).flatMap(([name, value]) =>
      [value].flat().map((one) => [name, one] as const),
    );
    if (this.target.headersSent) {
      const lines = pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      this.target.end(this.#encode(frameAs(TRAILERS, Buffer.from(lines, 'latin1'))));
    } else {
      this.#respond(pairs);
      this.target.end();
    }
  }

  /** In text each piece is base64 by itself, with its padding. */
  #encode(framed: Buffer): Buffer {
    return this.#asText ? Buffer.from(framed.toString('base64'), 'latin1') : framed;
  }

  #respond(headers: Metadata): void {
    this.respond(`application/grpc-web${this.#asText ? '-text' : ''}+proto`, headers);
  }
}
