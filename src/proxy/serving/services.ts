import type { ServiceModel } from '../protocol/service-model.ts';
import type { CommandRouter } from '../routing/command.ts';
import type { CountRefused, Way } from '../telemetry/metrics.ts';
import type { AcceptCall } from '../transport/call.ts';
import type { ConnectStreamOptions } from '../transport/connect-stream.ts';
import type { HttpExchange } from '../transport/http-exchange.ts';
import { connectMethods, createConnect } from './connect.ts';
import { acceptGrpc } from './grpc.ts';
import { healthCalls, type Readiness } from './health.ts';
import { createHttpJson } from './http-json.ts';
import { reflectionCalls } from './reflection.ts';
import { refuseUnservedGrpc } from './unserved-grpc.ts';

export interface ServicesOptions {
  readonly model: ServiceModel;
  /** For calls that come in this way. */
  readonly router: (way: Way) => CommandRouter;
  readonly countRefused: (way: Way) => CountRefused;
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
  readonly connectJsonOf: ConnectStreamOptions['jsonOf'];
  readonly onHttp: (exchange: HttpExchange) => void;
}

/** Throws `HttpRuleError` when an HTTP option of a method cannot be served. */
export function createServices(options: ServicesOptions): Services {
  const { model, router, countRefused, readiness, maxMessageBytes } = options;
  const own = new Map([...reflectionCalls(model), ...healthCalls(model, readiness)]);
  const accept = (way: Way): AcceptCall =>
    acceptGrpc({ model, router: router(way), own, countRefused: countRefused(way) });
  const onConnectCall = accept('connect');
  const methods = connectMethods(model);
  const serveConnect = createConnect({
    methods,
    accept: onConnectCall,
    maxMessageBytes,
    countRefused: countRefused('connect'),
  });
  const serveJson = createHttpJson({
    model,
    router: router('http'),
    maxMessageBytes,
    countRefused: countRefused('http'),
  });
  const refuseGrpc = refuseUnservedGrpc(model, countRefused('grpc'));
  return {
    onCall: accept('grpc'),
    onWebCall: accept('grpc-web'),
    onConnectCall,
    connectJsonOf: (path) => methods.get(path),
    onHttp(exchange) {
      if (!refuseGrpc(exchange) && !serveConnect(exchange)) serveJson(exchange);
    },
  };
}
