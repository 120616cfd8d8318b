import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import type { CommandRouter } from '../routing/command.ts';
import { Code, type Metadata, type Status } from '../transport/call.ts';
import { BodyTooLarge, type HttpExchange, RequestAborted } from '../transport/http-exchange.ts';
import { BadRequest, errorText } from './bad-request.ts';
import { isHeader, replyHeaders, respondError, respondText } from './http-answers.ts';
import { httpEndpoints } from './http-rules.ts';
import { RouteTable } from './route-table.ts';
import { createTranscoder, type HttpReplyBody, type Transcoder } from './transcoding.ts';

export interface HttpJsonOptions {
  readonly model: ServiceModel;
  readonly router: CommandRouter;
  /** Of the body, and of the message that it makes. */
  readonly maxMessageBytes: number;
}

interface Route {
  readonly method: ServiceMethod;
  readonly transcoder: Transcoder;
}

/**
 * Serves the unary methods of every service as HTTP and JSON; the network probe and everything unknown are answered too.
 * Throws `HttpRuleError` when an option of a method cannot be served.
 */
export function createHttpJson({ model, router, maxMessageBytes }: HttpJsonOptions): (exchange: HttpExchange) => void {
  const routes = new RouteTable<Route>();
  for (const endpoint of httpEndpoints(model)) {
    routes.add(endpoint.verb, endpoint.template, {
      method: endpoint.method,
      transcoder: createTranscoder(endpoint, model.registry),
    });
  }
  return (exchange) => {
    const { path, query } = splitTarget(exchange.target);
    const match = routes.find(exchange.method, path);
    if (!match.found) {
      respondUnmatched(exchange, path, match.allowed);
      return;
    }
    const { route, variables } = match;
    // Also a body without meaning is read, so that the connection can be used again.
    exchange
      .body(maxMessageBytes)
      .then((body) => {
        const payload = route.transcoder.toPayload({
          variables,
          query,
          contentType: headerOf(exchange, 'content-type'),
          body,
        });
        if (payload.length > maxMessageBytes) throw new BodyTooLarge(maxMessageBytes);
        runCommand(exchange, route, payload, router);
      })
      .catch((error: unknown) => respondThrown(exchange, error));
  };
}

/** Sends the command on its way; its first reply is the response. */
function runCommand(
  exchange: HttpExchange,
  { method, transcoder }: Route,
  payload: Uint8Array,
  router: CommandRouter,
): void {
  let reply: Reply | undefined;
  const metadata = exchange.headers.filter(([name]) => name !== 'content-type');
  const running = router.dispatch(
    method,
    payload,
    { metadata, deadline: Infinity },
    {
      message(bytes, replyMetadata) {
        reply ??= transcodeReply(method, transcoder, bytes, replyMetadata);
      },
      end(status) {
        if (status.code !== Code.OK) respondError(exchange, status);
        else if (reply === undefined)
          respondError(exchange, { code: Code.INTERNAL, message: `${method.path} ended without a reply` });
        else if ('code' in reply) respondError(exchange, reply);
        else exchange.respond(200, reply.headers, reply.body);
      },
    },
  );
  exchange.onAbort(() => running.cancel());
}

/** A response, or why the reply cannot be one. */
type Reply = { readonly headers: Metadata; readonly body: HttpReplyBody['body'] } | Status;

function transcodeReply(method: ServiceMethod, transcoder: Transcoder, payload: Uint8Array, metadata: Metadata): Reply {
  try {
    const { contentType, body } = transcoder.toBody(payload);
    const headers = replyHeaders(metadata);
    const hasType = contentType !== '' && isHeader('content-type', contentType);
    return { headers: hasType ? [['content-type', contentType], ...headers] : headers, body };
  } catch (error) {
    const message = `${method.path}: the reply is not a readable ${method.desc.output.typeName}: ${errorText(error)}`;
    return { code: Code.INTERNAL, message };
  }
}

function respondThrown(exchange: HttpExchange, error: unknown): void {
  if (error instanceof RequestAborted) return;
  if (error instanceof BadRequest) respondError(exchange, { code: Code.INVALID_ARGUMENT, message: error.message });
  else if (error instanceof BodyTooLarge)
    respondError(exchange, { code: Code.RESOURCE_EXHAUSTED, message: error.message }, 413);
  else respondError(exchange, { code: Code.INTERNAL, message: `the request failed: ${errorText(error)}` });
}

function respondUnmatched(exchange: HttpExchange, path: string, allowed: readonly string[]): void {
  const probe = headerOf(exchange, 'k-network-probe');
  if (probe !== undefined) {
    if (probe === 'queue') respondText(exchange, 200, probe);
    else respondText(exchange, 400, `unexpected probe header value: ${probe}`);
  } else if (allowed.length > 0) {
    const verbs = allowed.join(', ');
    respondError(
      exchange,
      { code: Code.UNIMPLEMENTED, message: `${path} is not served for ${exchange.method}, only for ${verbs}` },
      405,
      [['allow', verbs]],
    );
  } else {
    respondError(exchange, { code: Code.NOT_FOUND, message: `nothing is served at ${exchange.method} ${path}` });
  }
}

function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function headerOf(exchange: HttpExchange, name: string): string | undefined {
  const value = exchange.headers.find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
