import { type Registry, toBinary } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import type { CountRefused } from '../telemetry/metrics.ts';
import { type AcceptCall, Code, type Metadata } from '../transport/call.ts';
import { BadContentEncoding } from '../transport/compressed-exchange.ts';
import type { JsonMessages } from '../transport/connect-stream.ts';
import { BodyTooLarge, type HttpExchange, RequestAborted } from '../transport/http-exchange.ts';
import { BadRequest, errorText } from './bad-request.ts';
import { ConnectCall, respondConnectError } from './connect-call.ts';
import {
  connectDeadlineMs,
  type ConnectEncoding,
  type ConnectRequest,
  readConnectQuery,
  recogniseConnect,
} from './connect-request.ts';
import { jsonWriter, messageFromJson, parseJson } from './json-codec.ts';

export interface ConnectOptions {
  readonly methods: ReadonlyMap<string, ConnectMethod>;
  /** Serves the call that a request makes. */
  readonly accept: AcceptCall;
  readonly maxMessageBytes: number;
  readonly countRefused: CountRefused;
}

/** Serves unary methods by the Connect protocol. False: the request is of another kind, and nothing has been done with it. */
export function createConnect(options: ConnectOptions): (exchange: HttpExchange) => boolean {
  const { methods, accept, maxMessageBytes, countRefused } = options;
  const serve = async (exchange: HttpExchange, request: ConnectRequest): Promise<void> => {
    const { path } = request;
    const method = methods.get(path);
    const deadlineMs = connectDeadlineMs(exchange);
    if (request.kind === 'stream' || method?.streams === true)
      throw new Refused(
        415,
        `${path} streams, or was asked to: a stream of the Connect protocol is application/connect+proto or +json`,
      );
    if (request.kind === 'get' && method?.isSafe !== true)
      throw new Refused(405, `${path} has no idempotency_level = NO_SIDE_EFFECTS: send POST`, [['allow', 'POST']]);
    const [encoding, body] =
      request.kind === 'get'
        ? readConnectQuery(request.query, maxMessageBytes)
        : ([request.encoding, await exchange.body(maxMessageBytes)] satisfies [ConnectEncoding, Uint8Array]);
    if (encoding === 'json' && method === undefined)
      throw new Refused(404, `no method is served as JSON at ${path}: a service of the proxy takes application/proto`);
    const payload = encoding === 'json' && method !== undefined ? method.fromJson(body) : body;
    if (payload.length > maxMessageBytes) throw new BodyTooLarge(maxMessageBytes);
    new ConnectCall(exchange, path, deadlineMs, encoding === 'json' ? method?.toJson : undefined).run(accept, payload);
  };
  return (exchange) => {
    const request = recogniseConnect(exchange);
    if (request === undefined) return false;
    serve(exchange, request).catch((error: unknown) => {
      countRefused(methods.get(request.path)?.method, respondThrown(exchange, error));
    });
    return true;
  };
}

/** What a method is to Connect. */
export interface ConnectMethod extends JsonMessages {
  readonly method: ServiceMethod;
  readonly streams: boolean;
  readonly isSafe: boolean;
}

/** By path. */
export function connectMethods({ methods, registry }: ServiceModel): ReadonlyMap<string, ConnectMethod> {
  return new Map([...methods].map(([path, method]) => [path, toConnect(method, registry)]));
}

function toConnect(method: ServiceMethod, registry: Registry): ConnectMethod {
  const { desc } = method;
  return {
    method,
    streams: desc.methodKind !== 'unary',
    isSafe: desc.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
    fromJson: (body) => toBinary(desc.input, messageFromJson(desc.input, parseJson(body), registry)),
    toJson: jsonWriter(desc.output, registry, undefined),
  };
}

/** The request is Connect, but not one that is served. */
class Refused extends Error {
  readonly httpStatus: number;
  readonly headers: Metadata;

  constructor(httpStatus: number, message: string, headers: Metadata = []) {
    super(message);
    this.httpStatus = httpStatus;
    this.headers = headers;
  }
}

function respondThrown(exchange: HttpExchange, error: unknown): Code {
  if (error instanceof RequestAborted) return Code.CANCELLED;
  const message = errorText(error);
  const respond = (code: Code, httpStatus?: number, headers?: Metadata): Code => {
    respondConnectError(exchange, { code, message }, httpStatus, headers);
    return code;
  };
  if (error instanceof Refused) return respond(Code.UNIMPLEMENTED, error.httpStatus, error.headers);
  if (error instanceof BadRequest) return respond(Code.INVALID_ARGUMENT);
  if (error instanceof BodyTooLarge) return respond(Code.RESOURCE_EXHAUSTED, 413);
  if (!(error instanceof BadContentEncoding)) return respond(Code.INTERNAL);
  return error.isUnknown
    ? respond(Code.UNIMPLEMENTED, 415, [['accept-encoding', 'gzip']])
    : respond(Code.INVALID_ARGUMENT);
}
