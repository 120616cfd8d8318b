import type { ServiceModel } from '../protocol/service-model.ts';
import type { CountRefused } from '../telemetry/metrics.ts';
import { Code, textOf } from '../transport/call.ts';
import type { HttpExchange } from '../transport/http-exchange.ts';
import { isGrpcType } from '../transport/requests.ts';
import { respondError } from './http-answers.ts';

const LIKE_GRPC = /^application\/grpc\b/i;

/** Answers what only looks like gRPC. False: the request is of another kind, and nothing has been done with it. */
export function refuseUnservedGrpc(
  { methods }: Pick<ServiceModel, 'methods'>,
  countRefused: CountRefused,
): (exchange: HttpExchange) => boolean {
  return (exchange) => {
    const contentType = textOf(exchange.headers, 'content-type') ?? '';
    if (!LIKE_GRPC.test(contentType)) return false;
    const message = isGrpcType(contentType)
      ? 'gRPC is served by POST over HTTP/2; over HTTP/1.1 send gRPC-Web (application/grpc-web+proto)'
      : `"${contentType}" is not served: messages of gRPC and gRPC-Web are +proto here`;
    countRefused(methods.get(exchange.target), Code.INVALID_ARGUMENT);
    respondError(exchange, { code: Code.INVALID_ARGUMENT, message }, 415);
    return true;
  };
}
