import type { ServiceModel } from '../protocol/service-model.ts';
import type { CommandRouter } from '../routing/command.ts';
import type { Way } from '../telemetry/metrics.ts';
import type { AcceptCall } from '../transport/call.ts';
import type { HttpExchange } from '../transport/http-exchange.ts';
import { createConnect } from './connect.ts';
import { acceptGrpc } from './grpc.ts';
import { healthCalls, type Readiness } from './health.ts';
import { createHttpJson } from './http-json.ts';
import { reflectionCalls } from './reflection.ts';

export interface ServicesOptions {
  readonly model: ServiceModel;
  /** For calls that come in this way. */
  readonly router: (way: Way) => CommandRouter;
  readonly readiness: Readiness;
  readonly maxMessageBytes: number;
}

/** Everything that one specification of the user function serves, on one port. */
export interface Services {
  readonly onCall: AcceptCall;
  /** The same for calls of gRPC-Web. */
  readonly onWebCall: AcceptCall;
  /** The same for streams of Connect. */
  readonly onConnectCall: AcceptCall;
  readonly onHttp: (exchange: HttpExchange) => void;
}

/** Throws `HttpRuleError` when an HTTP option of a method cannot be served. */
export function createServices({ model, router, readiness, maxMessageBytes }: ServicesOptions): Services {
  const own = new Map([...reflectionCalls(model), ...healthCalls(model, readiness)]);
  const accept = (way: Way): AcceptCall => acceptGrpc({ model, router: router(way), own });
  const onConnectCall = accept('connect');
  const serveConnect = createConnect({ model, accept: onConnectCall, maxMessageBytes });
  const serveJson = createHttpJson({ model, router: router('http'), maxMessageBytes });
  return {
    onCall: accept('grpc'),
    onWebCall: accept('grpc-web'),
    onConnectCall,
    onHttp(exchange) {
      if (!serveConnect(exchange)) serveJson(exchange);
    },
  };
}
