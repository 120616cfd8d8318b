import { NOT_RUNNING } from '../entities/outcome.ts';
import type { ServiceMethod } from '../protocol/service-model.ts';
import type { IncomingSink, RunningCommand } from '../routing/command.ts';
import { Code, type Metadata, OK, type Status } from '../transport/call.ts';
import type { HttpExchange, ResponseBody } from '../transport/http-exchange.ts';
import { errorText } from './bad-request.ts';
import { isHeader, replyHeaders, respondError } from './http-answers.ts';
import { type StreamFormat, streamFormat } from './stream-format.ts';
import type { HttpReplyBody, Transcoder } from './transcoding.ts';

/** How long a client may take nothing of a stream. */
const STALL_TIMEOUT_MS = 300_000;

/** Where a request is to go. */
export interface MethodRoute {
  readonly method: ServiceMethod;
  readonly transcoder: Transcoder;
}

/** Turns the replies of one command into the response of its request. */
export interface ReplyWriter extends IncomingSink {
  /** Called once, with the command that the replies come from; some may have come already. */
  follow(running: RunningCommand): void;
}

export function replyWriter(exchange: HttpExchange, route: MethodRoute): ReplyWriter {
  return route.method.streamedOut ? new StreamedReplies(exchange, route) : new SingleReply(exchange, route);
}

/** The first reply is the response. */
class SingleReply implements ReplyWriter {
  readonly #exchange: HttpExchange;
  readonly #route: MethodRoute;
  #reply: { readonly headers: Metadata; readonly body: HttpReplyBody['body'] } | undefined;

  constructor(exchange: HttpExchange, route: MethodRoute) {
    this.#exchange = exchange;
    this.#route = route;
  }

  follow(running: RunningCommand): void {
    this.#exchange.onAbort(() => running.cancel());
  }

  message(payload: Uint8Array, metadata: Metadata): boolean | Status {
    if (this.#reply !== undefined) return true;
    const reply = toBody(this.#route, payload);
    if ('code' in reply) return reply;
    this.#reply = { headers: typedHeaders(reply.contentType, metadata), body: reply.body };
    return true;
  }

  end(status: Status): void {
    const reply = this.#reply;
    if (status.code !== Code.OK) respondError(this.#exchange, status);
    else if (reply === undefined)
      respondError(this.#exchange, {
        code: Code.INTERNAL,
        message: `${this.#route.method.path} ended without a reply`,
      });
    else this.#exchange.respond(200, reply.headers, reply.body);
  }

  onDrain(): void {
    // The command has one message.
  }
}

/** Every reply is a piece of the response, which begins with the first. */
class StreamedReplies implements ReplyWriter {
  readonly #exchange: HttpExchange;
  readonly #route: MethodRoute;
  readonly #format: StreamFormat;
  #running: RunningCommand = NOT_RUNNING;
  #body: ResponseBody | undefined;
  #stalled: NodeJS.Timeout | undefined;
  #state: 'open' | 'ended' | 'cancelled' = 'open';

  constructor(exchange: HttpExchange, route: MethodRoute) {
    this.#exchange = exchange;
    this.#route = route;
    this.#format = streamFormat(exchange.headers);
  }

  follow(running: RunningCommand): void {
    this.#running = running;
    if (this.#state === 'cancelled') running.cancel();
    this.#exchange.onAbort(() => this.#cancel());
  }

  message(payload: Uint8Array, metadata: Metadata): boolean | Status {
    if (this.#state !== 'open') return false;
    const reply = toBody(this.#route, payload);
    if ('code' in reply) return reply;
    this.#body ??= this.#begin(metadata, reply.contentType);
    if (this.#exchange.method === 'HEAD') {
      this.#body.end();
      this.#cancel(OK);
      return false;
    }
    const { body } = reply;
    const takesMore = this.#body.write(typeof body === 'string' ? this.#format.item(body) : body);
    if (!takesMore) this.#stalled ??= setTimeout(() => this.#cut(), STALL_TIMEOUT_MS);
    return takesMore;
  }

  end(status: Status): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    clearTimeout(this.#stalled);
    this.#finish(status);
  }

  onDrain(): void {
    // The command has one message.
  }

  #finish(status: Status): void {
    if (status.code === Code.OK) (this.#body ?? this.#begin([], '')).end();
    else if (this.#body === undefined) respondError(this.#exchange, status);
    else if (this.#route.transcoder.writesBytes) this.#body.abort();
    else {
      this.#body.write(this.#format.failure(status));
      this.#body.end();
    }
  }

  #begin(metadata: Metadata, contentType: string): ResponseBody {
    const onDrain = (): void => {
      clearTimeout(this.#stalled);
      this.#stalled = undefined;
      if (this.#state === 'open') this.#running.resume();
    };
    if (this.#route.transcoder.writesBytes) {
      const named = metadata.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
      const type = typeof named === 'string' && named !== '' ? named : contentType || 'application/octet-stream';
      return this.#exchange.begin(200, typedHeaders(type, metadata), onDrain);
    }
    const headers = typedHeaders(this.#format.contentType, metadata);
    const missing = this.#format.headers.filter(([name]) => !headers.some(([other]) => other === name));
    return this.#exchange.begin(200, [...headers, ...missing], onDrain);
  }

  #cut(): void {
    this.#body?.abort();
    this.#cancel();
  }

  #cancel(told?: Status): void {
    if (this.#state !== 'open') return;
    this.#state = 'cancelled';
    clearTimeout(this.#stalled);
    this.#running.cancel(told);
  }
}

/** The reply's body, or why it cannot be one. */
function toBody({ method, transcoder }: MethodRoute, payload: Uint8Array): HttpReplyBody | Status {
  try {
    return transcoder.toBody(payload);
  } catch (error) {
    const message = `${method.path}: the reply is not a readable ${method.desc.output.typeName}: ${errorText(error)}`;
    return { code: Code.INTERNAL, message };
  }
}

function typedHeaders(contentType: string, metadata: Metadata): Metadata {
  const headers = replyHeaders(metadata);
  return contentType !== '' && isHeader('content-type', contentType)
    ? [['content-type', contentType], ...headers]
    : headers;
}
