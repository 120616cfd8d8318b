/** Position of an event in its stream: 1, 2, 3 …; 0 stands for "no event yet". Always a safe integer. */
export type SequenceNr = number;

/** Ownership generation. All scopes of a namespace draw from one counter in the store. Always a safe integer, 0 = never claimed. */
export type Epoch = number;

/** A place in a change feed: made by the driver, understood by it alone. */
export type Offset = string;

/** Names one logical write for ever: made once by the caller and kept through every resubmission. At most 36 characters. */
export type Token = string;

/**
 * Names one stream. The three parts are independent UTF-8 strings of 1 … 1024 bytes: a driver encodes them so that no two
 * different keys can meet, whatever characters they hold.
 */
export interface StreamKey {
  readonly namespace: string;
  readonly persistenceId: string;
  readonly entityId: string;
}

/** Who is writing: the scope that was claimed and the epoch that the claim returned. */
export interface Fence {
  readonly scope: string;
  readonly epoch: Epoch;
}

/** Bytes with the name of their type. `meta` absent and `meta` empty are different values and stay so. */
export interface Payload {
  readonly manifest: string;
  readonly payload: Uint8Array;
  readonly meta?: Uint8Array;
}

/** Limits of one call. Every call of the SPI takes them. */
export interface OpOptions {
  /** Stops waiting. What was already sent may still be applied: a write then ends as `AmbiguousWrite`, not as `Cancelled`. */
  readonly signal?: AbortSignal;
  /** When to give up, on the clock of `performance.now()`, in milliseconds. Drivers translate it to the server's own limit. */
  readonly deadline?: number;
}
