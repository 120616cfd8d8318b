import type { ServiceMethod } from '../protocol/service-model.ts';
import type { Metadata, Status } from '../transport/call.ts';

/** Where the answer to a command goes. `end` is called exactly once, and nothing after it; never, when the command was cancelled. */
export interface ReplySink {
  message(payload: Uint8Array, metadata: Metadata): void;
  end(status: Status): void;
}

/** What came with a command, besides its payload. */
export interface CommandContext {
  readonly metadata: Metadata;
  /** When the caller gives up, on the clock of `performance.now()`. */
  readonly deadline: number;
}

/** A command on its way; `cancel` when the caller has lost interest: a command that has not begun is dropped. */
export interface RunningCommand {
  cancel(): void;
}

/** Takes a command for any method that is served and sees to its answer, forwards and side effects included. */
export interface CommandRouter {
  /** `payload` is the router's to keep. The sink may be called before this returns. */
  dispatch(method: ServiceMethod, payload: Uint8Array, context: CommandContext, sink: ReplySink): RunningCommand;
}
