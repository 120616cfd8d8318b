/** Names and values in the order they came. Names are lower case; a value is bytes exactly when its name ends in `-bin`. */
export type Metadata = readonly (readonly [name: string, value: string | Uint8Array])[];

/** The first text of that name, which is in lower case. */
export function textOf(metadata: Metadata, name: string): string | undefined {
  const value = metadata.find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** The numbers of `google.rpc.Code`, which are gRPC's status codes. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

/** How a call ended. */
export interface Status {
  readonly code: Code;
  readonly message: string;
  /** The text is the user function's, or one that the protocol fixes: HTTP clients get it bare (DESIGN §4). */
  readonly bare?: boolean;
  /** The user function has handled the command and says that it failed. */
  readonly answered?: boolean;
}

export const OK: Status = { code: Code.OK, message: '' };

/** What the side that owns a call is told. Nothing here is called again after `onEnd`. */
export interface CallHandlers {
  onHeaders(headers: Metadata): void;
  /** One whole message without its prefix, decompressed. Borrowed: valid until this returns; copy what you keep. */
  onMessage(bytes: Uint8Array): void;
  onHalfClose(): void;
  /** Exactly once, also for a reset or a lost connection. */
  onEnd(status: Status, trailers: Metadata): void;
  onDrain(): void;
}

/** One gRPC call, of either side: the server's end of an incoming one, the client's end of an outgoing one. */
export interface Call {
  readonly path: string;
  readonly headers: Metadata;
  /** What the caller allows, from the moment the call came; absent when it set no limit. */
  readonly deadlineMs?: number;
  sendHeaders(headers: Metadata): void;
  /** The bytes are copied before it returns. False: wait for `onDrain` before sending more. */
  send(bytes: Uint8Array): boolean;
  halfClose(): void;
  /** Server side: ends the call with a status. */
  end(status: Status, trailers?: Metadata): void;
  cancel(code: Code): void;
  pause(): void;
  resume(): void;
}

/** Server side: takes a new call and says who handles it. */
export type AcceptCall = (call: Call) => CallHandlers;

/** Client side: opens calls to one peer. */
export interface Connection {
  open(path: string, headers: Metadata, handlers: CallHandlers): Call;
}
