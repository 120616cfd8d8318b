import type { ServiceModel } from '../protocol/service-model.ts';
import type { CommandRouter } from '../routing/command.ts';
import type { AcceptCall } from '../transport/call.ts';
import type { HttpExchange } from '../transport/http-exchange.ts';
import { acceptGrpc } from './grpc.ts';
import { healthCalls, type Readiness } from './health.ts';
import { createHttpJson } from './http-json.ts';
import { reflectionCalls } from './reflection.ts';

export interface ServicesOptions {
  readonly model: ServiceModel;
  readonly router: CommandRouter;
  readonly readiness: Readiness;
  readonly maxMessageBytes: number;
}

/** Everything that one specification of the user function serves, on one port. */
export interface Services {
  readonly onCall: AcceptCall;
  readonly onHttp: (exchange: HttpExchange) => void;
}

/** Throws `HttpRuleError` when an HTTP option of a method cannot be served. */
export function createServices({ model, router, readiness, maxMessageBytes }: ServicesOptions): Services {
  const own = new Map([...reflectionCalls(model), ...healthCalls(model, readiness)]);
  return { onCall: acceptGrpc({ model, router, own }), onHttp: createHttpJson({ model, router, maxMessageBytes }) };
}
