import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { AcceptCall, Metadata } from './call.ts';
import { withCompression } from './compressed-exchange.ts';
import type { Compression } from './compression.ts';
import { type ConnectStreamOptions, isConnectStream, serveConnectStream } from './connect-stream.ts';
import { answerPreflight, corsHeaders, type CorsPolicy, withCors } from './cors.ts';
import { serveGrpc } from './grpc-server-call.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { ServerCallOptions } from './server-call.ts';
import { isGrpcWeb, serveGrpcWeb, type WebExchange } from './web-call.ts';

const GRPC = /^application\/grpc(?:\+proto)?\s*(?:;|$)/i;
const NO_CORS: CorsPolicy = { origins: [], credentials: false };

export interface RequestsOptions {
  readonly maxMessageBytes: number;
  readonly compression?: Compression;
  readonly cors?: CorsPolicy;
  readonly onCall: AcceptCall;
  /** Takes the calls of gRPC-Web; `onCall` when absent. */
  readonly onWebCall?: AcceptCall;
  /** Takes the streams of the Connect protocol; `onCall` when absent. */
  readonly onConnectCall?: AcceptCall;
  /** Which methods are also streamed as JSON, by their paths; none when absent. */
  readonly connectJsonOf?: ConnectStreamOptions['jsonOf'];
  readonly onHttp: (exchange: HttpExchange) => void;
}

interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

export function isGrpcType(contentType: string): boolean {
  return GRPC.test(contentType);
}

export function isGrpc(method: string, headers: IncomingHttpHeaders): boolean {
  return method === 'POST' && isGrpcType(headers['content-type'] ?? '');
}

/** Takes each request as what its headers say it is: a call of gRPC or gRPC-Web, a stream of Connect, a preflight, or another HTTP request. */
export class Requests {
  readonly #cors: CorsPolicy;
  readonly #onHttp: RequestsOptions['onHttp'];
  readonly #calls: ServerCallOptions;
  readonly #webCalls: ServerCallOptions;
  readonly #connectCalls: ConnectStreamOptions;

  constructor(options: RequestsOptions) {
    const { maxMessageBytes, onCall, onWebCall = onCall, onConnectCall = onCall, onHttp } = options;
    const { cors = NO_CORS, compression = 'auto', connectJsonOf: jsonOf = () => undefined } = options;
    this.#cors = cors;
    this.#onHttp = onHttp;
    this.#calls = { maxMessageBytes, compression, onCall };
    this.#webCalls = { maxMessageBytes, compression, onCall: onWebCall };
    this.#connectCalls = { maxMessageBytes, compression, onCall: onConnectCall, jsonOf };
  }

  grpc(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void {
    serveGrpc(stream, headers, rawHeaders, this.#calls);
  }

  serve({ method, path, headers, rawHeaders }: RequestHead, web: WebExchange, toExchange: () => HttpExchange): void {
    const contentType = headers['content-type'] ?? '';
    if (method === 'POST' && (isGrpcWeb(contentType) || isConnectStream(contentType))) {
      const decorate = (own: Metadata): Metadata => corsHeaders(this.#cors, headers.origin, own);
      const request = { path, headers, rawHeaders, decorate };
      if (isGrpcWeb(contentType)) serveGrpcWeb(web, request, this.#webCalls);
      else serveConnectStream(web, request, this.#connectCalls);
      return;
    }
    const exchange = toExchange();
    if (answerPreflight(this.#cors, exchange)) return;
    this.#onHttp(withCompression(this.#calls.compression, withCors(this.#cors, exchange)));
  }
}
