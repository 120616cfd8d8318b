import { type Registry, toBinary } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel } from '@bufbuild/protobuf/wkt';
import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import { type AcceptCall, Code, type Metadata, type Status } from '../transport/call.ts';
import { BadContentEncoding } from '../transport/compressed-exchange.ts';
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
  readonly model: ServiceModel;
  /** Serves the call that a request makes. */
  readonly accept: AcceptCall;
  readonly maxMessageBytes: number;
}

/** Serves unary methods by the Connect protocol. False: the request is of another kind, and nothing has been done with it. */
export function createConnect({ model, accept, maxMessageBytes }: ConnectOptions): (exchange: HttpExchange) => boolean {
  const methods = new Map<string, ConnectMethod>();
  for (const service of model.services.values()) {
    for (const method of service.methods.values()) methods.set(method.path, toConnect(method, model.registry));
  }
  const serve = async (exchange: HttpExchange, request: ConnectRequest): Promise<void> => {
    const { path } = request;
    const method = methods.get(path);
    const deadlineMs = connectDeadlineMs(exchange);
    if (request.kind === 'stream' || method?.streams === true)
      throw new Refused(
        415,
        `${path} streams, or was asked to: a stream of the Connect protocol is application/connect+proto here`,
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
    serve(exchange, request).catch((error: unknown) => respondThrown(exchange, error));
    return true;
  };
}

/** What a method is to Connect. */
interface ConnectMethod {
  readonly streams: boolean;
  readonly isSafe: boolean;
  /** Throws `BadRequest`. */
  readonly fromJson: (body: Uint8Array) => Uint8Array;
  /** Throws when the payload is not a message of the method's output type. */
  readonly toJson: (payload: Uint8Array) => string;
}

function toConnect({ desc }: ServiceMethod, registry: Registry): ConnectMethod {
  return {
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

function respondThrown(exchange: HttpExchange, error: unknown): void {
  if (error instanceof RequestAborted) return;
  const message = errorText(error);
  const respond = (code: Status['code'], httpStatus?: number, headers?: Metadata): void =>
    respondConnectError(exchange, { code, message }, httpStatus, headers);
  if (error instanceof Refused) respond(Code.UNIMPLEMENTED, error.httpStatus, error.headers);
  else if (error instanceof BadRequest) respond(Code.INVALID_ARGUMENT);
  else if (error instanceof BodyTooLarge) respond(Code.RESOURCE_EXHAUSTED, 413);
  else if (!(error instanceof BadContentEncoding)) respond(Code.INTERNAL);
  else if (error.isUnknown) respond(Code.UNIMPLEMENTED, 415, [['accept-encoding', 'gzip']]);
  else respond(Code.INVALID_ARGUMENT);
}
