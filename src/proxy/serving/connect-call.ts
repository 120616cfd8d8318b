import { type AcceptCall, type Call, Code, type Metadata, type Status } from '../transport/call.ts';
import { connectError } from '../transport/connect-stream.ts';
import type { HttpExchange } from '../transport/http-exchange.ts';
import { errorText } from './bad-request.ts';
import { HTTP_STATUS } from './http-answers.ts';

/** A call of one message and one reply, over one HTTP request. */
export class ConnectCall implements Call {
  readonly path: string;
  readonly deadlineMs?: number;
  readonly headers: Metadata;
  readonly #exchange: HttpExchange;
  readonly #toJson: ((payload: Uint8Array) => string) | undefined;
  #replyHeaders: Metadata = [];
  #reply: Uint8Array | string | undefined;
  #tellEnd: ((status: Status) => void) | undefined;
  #isOver = false;

  /** `toJson`: the reply leaves as JSON. */
  constructor(
    exchange: HttpExchange,
    path: string,
    deadlineMs: number | undefined,
    toJson: ((payload: Uint8Array) => string) | undefined,
  ) {
    this.path = path;
    if (deadlineMs !== undefined) this.deadlineMs = deadlineMs;
    this.headers = exchange.headers.filter(([name]) => name !== 'content-type');
    this.#exchange = exchange;
    this.#toJson = toJson;
  }

  run(accept: AcceptCall, payload: Uint8Array): void {
    const handlers = accept(this);
    if (this.#isOver) return;
    this.#tellEnd = (status) => handlers.onEnd(status, []);
    this.#exchange.onAbort(() => this.#finish({ code: Code.CANCELLED, message: 'the caller cancelled the call' }));
    handlers.onHeaders(this.headers);
    handlers.onMessage(payload);
    handlers.onHalfClose();
  }

  sendHeaders(headers: Metadata): void {
    this.#replyHeaders = headers;
  }

  send(bytes: Uint8Array): boolean {
    try {
      this.#reply ??= this.#toJson?.(bytes) ?? new Uint8Array(bytes);
    } catch (error) {
      const message = `${this.path}: the reply cannot be written as JSON: ${errorText(error)}`;
      this.end({ code: Code.INTERNAL, message });
    }
    return true;
  }

  end(status: Status, trailers: Metadata = []): void {
    if (this.#isOver) return;
    const headers = [...this.#replyHeaders, ...trailers.map(([name, value]) => [`trailer-${name}`, value] as const)];
    if (status.code !== Code.OK) respondConnectError(this.#exchange, status, undefined, headers);
    else if (this.#reply === undefined) {
      const message = `${this.path} ended without a reply`;
      respondConnectError(this.#exchange, { code: Code.INTERNAL, message }, undefined, headers);
    } else {
      const type = `application/${this.#toJson === undefined ? 'proto' : 'json'}`;
      this.#exchange.respond(200, [['content-type', type], ...headers], this.#reply);
    }
    this.#finish(status);
  }

  cancel(code: Code): void {
    this.end({ code, message: 'the call was cancelled' });
  }

  halfClose(): void {
    throw new Error('the server side of a call ends it with a status');
  }

  pause(): void {
    // All that the caller sends is here already.
  }

  resume(): void {
    // See `pause`.
  }

  #finish(status: Status): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tellEnd?.(status);
  }
}

/** Answers with an error as Connect writes it: `{"code": "not_found", "message": "…"}`. */
export function respondConnectError(
  exchange: HttpExchange,
  status: Status,
  httpStatus = HTTP_STATUS[status.code],
  headers: Metadata = [],
): void {
  const body = JSON.stringify(connectError(status));
  exchange.respond(httpStatus, [['content-type', 'application/json'], ...headers], body);
}
