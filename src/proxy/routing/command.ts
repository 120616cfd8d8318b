import type { RunningCommand } from '../entities/outcome.ts';
import type { Span } from '../entities/span.ts';
import type { ServiceMethod } from '../protocol/service-model.ts';
import type { Metadata, Status } from '../transport/call.ts';

export type { RunningCommand } from '../entities/outcome.ts';

/** Where the answer to a command goes. Nothing is called any more when the command was cancelled. */
export interface ReplySink {
  /**
   * One reply, in the order of the replies. `payload` is borrowed. False: the caller takes no more for now, until `resume`. A
   * status: the caller cannot be given this reply, and the command ends with that.
   */
  message(payload: Uint8Array, metadata: Metadata): boolean | Status;
  /** Exactly once, and nothing after it. */
  end(status: Status): void;
}

/** Of a command with any number of messages: told when it takes messages again. */
export interface IncomingSink extends ReplySink {
  onDrain(): void;
}

/** What came with a command, besides its payload. */
export interface CommandContext {
  readonly metadata: Metadata;
  /** When the caller gives up, on the clock of `performance.now()`; `Infinity` for never. */
  readonly deadline: number;
  /** Of the payload, where it is an event: it may be another than the method's, and its metadata go with the message. */
  readonly typeUrl?: string;
  /** Of the call, when it is traced. */
  readonly span?: Span;
}

/** A command whose messages come one after the other. */
export interface IncomingCommand extends RunningCommand {
  /** `payload` is borrowed. False: no more for now, until the sink's `onDrain`. */
  send(payload: Uint8Array): boolean;
  halfClose(): void;
}

/** Takes a command for any method that is served and sees to its answers, forwards and side effects included. */
export interface CommandRouter {
  /** One message; any number of replies. `payload` is the router's to keep. The sink may be called before this returns. */
  dispatch(method: ServiceMethod, payload: Uint8Array, context: CommandContext, sink: ReplySink): RunningCommand;
  /** For methods whose messages are a stream: the user function is called at once, before the first of them. */
  open(method: ServiceMethod, context: CommandContext, sink: IncomingSink): IncomingCommand;
}
