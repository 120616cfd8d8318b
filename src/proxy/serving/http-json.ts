import type { ServiceModel } from '../protocol/service-model.ts';
import type { CommandRouter } from '../routing/command.ts';
import type { CountRefused } from '../telemetry/metrics.ts';
import { Code } from '../transport/call.ts';
import { BadContentEncoding } from '../transport/compressed-exchange.ts';
import { parseTimeoutMs } from '../transport/grpc-headers.ts';
import { BodyTooLarge, type HttpExchange, RequestAborted } from '../transport/http-exchange.ts';
import { BadRequest, errorText } from './bad-request.ts';
import { respondError, respondText } from './http-answers.ts';
import { type MethodRoute, replyWriter } from './http-replies.ts';
import { httpEndpoints } from './http-rules.ts';
import { openApiDocument } from './openapi.ts';
import { parsePathTemplate } from './path-template.ts';
import { RouteTable } from './route-table.ts';
import { createTranscoder } from './transcoding.ts';

export interface HttpJsonOptions {
  readonly model: ServiceModel;
  readonly router: CommandRouter;
  /** Of the body, and of the message that it makes. */
  readonly maxMessageBytes: number;
  readonly countRefused: CountRefused;
}

type Route = MethodRoute | 'openapi';

/**
 * Serves the methods of every service as HTTP and JSON, and their description at `/openapi.json`; the network probe and everything
 * unknown are answered too. Throws `HttpRuleError` when an option of a method cannot be served.
 */
export function createHttpJson(options: HttpJsonOptions): (exchange: HttpExchange) => void {
  const { model, router, maxMessageBytes, countRefused } = options;
  const endpoints = httpEndpoints(model.methods.values());
  const routes = new RouteTable<Route>();
  routes.add('GET', parsePathTemplate('/openapi.json'), 'openapi');
  for (const endpoint of endpoints) {
    const transcoder = createTranscoder(endpoint, model.registry);
    routes.add(endpoint.verb, endpoint.template, { method: endpoint.method, transcoder });
  }
  let openApi: string | undefined;
  return (exchange) => {
    const { path, query } = splitTarget(exchange.target);
    const match = routes.find(exchange.method === 'HEAD' ? 'GET' : exchange.method, path);
    if (!match.found) {
      const code = respondUnmatched(exchange, path, match.allowed);
      if (code !== undefined) countRefused(undefined, code);
      return;
    }
    const { route, variables } = match;
    // Also a body without meaning is read, so that the connection can be used again.
    exchange
      .body(maxMessageBytes)
      .then((body) => {
        if (route === 'openapi') {
          openApi ??= JSON.stringify(openApiDocument(model, endpoints));
          exchange.respond(200, [['content-type', 'application/json']], openApi);
          return;
        }
        const contentType = headerOf(exchange, 'content-type');
        const payload = route.transcoder.toPayload({ variables, query, contentType, body });
        if (payload.length > maxMessageBytes) throw new BodyTooLarge(maxMessageBytes);
        runCommand(exchange, route, payload, router);
      })
      .catch((error: unknown) => {
        const code = respondThrown(exchange, error);
        if (route !== 'openapi') countRefused(route.method, code);
      });
  };
}

/** Sends the command on its way; its replies are the response. */
function runCommand(exchange: HttpExchange, route: MethodRoute, payload: Uint8Array, router: CommandRouter): void {
  const { method } = route;
  const metadata = exchange.headers.filter(([name]) => name !== 'content-type');
  const context = { metadata, deadline: deadlineOf(exchange) };
  const writer = replyWriter(exchange, route);
  if (!method.streamedIn) {
    writer.follow(router.dispatch(method, payload, context, writer));
    return;
  }
  const command = router.open(method, context, writer);
  writer.follow(command);
  command.send(payload);
  command.halfClose();
}

/** The same header as for gRPC. */
function deadlineOf(exchange: HttpExchange): number {
  const timeout = headerOf(exchange, 'grpc-timeout');
  if (timeout === undefined) return Infinity;
  const timeoutMs = parseTimeoutMs(timeout);
  if (timeoutMs !== null) return performance.now() + timeoutMs;
  throw new BadRequest(
    `grpc-timeout ${JSON.stringify(timeout)} is none: up to 8 digits and one of H, M, S, m, u, n, such as 250m for 250 ms`,
  );
}

function respondThrown(exchange: HttpExchange, error: unknown): Code {
  if (error instanceof RequestAborted) return Code.CANCELLED;
  const respond = (code: Code, message: string, httpStatus?: number): Code => {
    respondError(exchange, { code, message }, httpStatus);
    return code;
  };
  if (error instanceof BadRequest) return respond(Code.INVALID_ARGUMENT, error.message);
  if (error instanceof BodyTooLarge) return respond(Code.RESOURCE_EXHAUSTED, error.message, 413);
  if (error instanceof BadContentEncoding)
    return respond(Code.INVALID_ARGUMENT, error.message, error.isUnknown ? 415 : 400);
  return respond(Code.INTERNAL, `the request failed: ${errorText(error)}`);
}

/** The code of what is refused; nothing for what is no call. */
function respondUnmatched(exchange: HttpExchange, path: string, allowed: readonly string[]): Code | undefined {
  const probe = headerOf(exchange, 'k-network-probe');
  if (probe !== undefined) {
    if (probe === 'queue') respondText(exchange, 200, probe);
    else respondText(exchange, 400, `unexpected probe header value: ${probe}`);
  } else if (allowed.length > 0) {
    const more = allowed.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS'];
    const verbs = [...allowed, ...more].toSorted().join(', ');
    if (exchange.method === 'OPTIONS') exchange.respond(200, [['allow', verbs]], '');
    else {
      const message = `${path} is not served for ${exchange.method}, only for ${verbs}`;
      respondError(exchange, { code: Code.UNIMPLEMENTED, message }, 405, [['allow', verbs]]);
      return Code.UNIMPLEMENTED;
    }
  } else {
    respondError(exchange, { code: Code.NOT_FOUND, message: `nothing is served at ${exchange.method} ${path}` });
    return Code.NOT_FOUND;
  }
  return undefined;
}

function splitTarget(target: string): { readonly path: string; readonly query: string } {
  // A request to a proxy names the host too.
  const local = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, query: '' } : { path: local.slice(0, mark), query: local.slice(mark + 1) };
}

function headerOf(exchange: HttpExchange, name: string): string | undefined {
  const value = exchange.headers.find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
