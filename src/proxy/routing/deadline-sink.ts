import { Code, type Metadata, type Status } from '../transport/call.ts';
import type { ReplySink, RunningCommand } from './command.ts';

/** Nothing to cancel. */
export const NOT_RUNNING: RunningCommand = { cancel: () => undefined };

/** Passes on the first end only, at the latest when the time is over. */
export class DeadlineSink implements ReplySink, RunningCommand {
  readonly #sink: ReplySink;
  readonly #timer: NodeJS.Timeout;
  #over = false;
  /** Who works on the answer now: the command's own handler, then those to whom it was forwarded. */
  running: RunningCommand = NOT_RUNNING;

  constructor(sink: ReplySink, timeoutMs: number) {
    this.#sink = sink;
    this.#timer = setTimeout(() => {
      // First, so that the caller is not told of the cancellation that follows from it.
      this.end({ code: Code.DEADLINE_EXCEEDED, message: `no answer within ${Math.round(timeoutMs)} ms` });
      this.running.cancel();
    }, timeoutMs);
  }

  message(payload: Uint8Array, metadata: Metadata): void {
    if (!this.#over) this.#sink.message(payload, metadata);
  }

  end(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#sink.end(status);
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.running.cancel();
  }
}
