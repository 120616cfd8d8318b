import type { Metadata } from './call.ts';

/** One HTTP request that is not gRPC, the same for HTTP/1.1 and HTTP/2. */
export interface HttpExchange {
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly target: string;
  readonly headers: Metadata;
  /** The whole body. Rejects with `BodyTooLarge` above the limit, with `RequestAborted` when the client is gone or sends no more. */
  body(limitBytes: number): Promise<Uint8Array>;
  /** Answers; only the first answer counts. To a HEAD request the body is left out. */
  respond(status: number, headers: Metadata, body: Uint8Array | string): void;
  /** Answers with a body that comes in pieces; only the first answer counts. `onDrain`: after a write that returned false. */
  begin(status: number, headers: Metadata, onDrain: () => void): ResponseBody;
  /** Called at most once, when the response is cut before its end: because the client went away, or by `abort`. */
  onAbort(listener: () => void): void;
}

/** The body of a response that has begun. */
export interface ResponseBody {
  /** False: wait for the drain before writing more. */
  write(piece: Uint8Array | string): boolean;
  end(): void;
  /** Sends what was written and cuts the response, so that the client sees that it is incomplete. */
  abort(): void;
}

/** The body is larger than the limit: HTTP 413. */
export class BodyTooLarge extends Error {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`the request body is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

/** The client went away while its body was read. */
export class RequestAborted extends Error {}
