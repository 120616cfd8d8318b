import type { Metadata } from './call.ts';

/** One HTTP request that is not gRPC, the same for HTTP/1.1 and HTTP/2. */
export interface HttpExchange {
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly target: string;
  readonly headers: Metadata;
  /** The whole body. Rejects with `BodyTooLarge` above the limit, with `Aborted` when the client is gone. */
  body(limitBytes: number): Promise<Uint8Array>;
  /** Answers; only the first answer counts. */
  respond(status: number, headers: Metadata, body: Uint8Array | string): void;
  /** Called once when the client goes away before the answer is written. */
  onAbort(listener: () => void): void;
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
