import type { google } from '@stategate/protocol';
import type { Metadata, Status } from '../transport/call.ts';

/** Bytes with the name of their type, as the protocol carries them. */
export type AnyPayload = google.protobuf.Any.$Properties;

/** What a user function wants its caller to get. */
export type ClientAction =
  | { readonly type: 'reply'; readonly payload: AnyPayload | undefined; readonly metadata: Metadata }
  | {
      readonly type: 'forward';
      readonly serviceName: string;
      readonly commandName: string;
      readonly payload: AnyPayload | undefined;
      readonly metadata: Metadata;
    }
  | { readonly type: 'failure'; readonly description: string; readonly restart: boolean }
  | { readonly type: 'none' };

export interface SideEffect {
  readonly serviceName: string;
  readonly commandName: string;
  readonly payload: AnyPayload | undefined;
  readonly metadata: Metadata;
  readonly synchronous: boolean;
}

/** One answer of the user function, before its side effects and its action are carried out. */
export interface Answer {
  readonly action: ClientAction;
  readonly sideEffects: readonly SideEffect[];
}

/** Takes what a command is answered with: one answer for a unary method, any number for a streamed one, then the end. */
export interface AnswerSink {
  /** False: no more for now, until `resume` of the running command. What comes all the same waits, up to a bound. */
  answer(answer: Answer): boolean;
  /** Exactly once, the last. With a status other than OK the caller gets it after all that was answered before. */
  end(status: Status): void;
}

/** A command on its way, as its caller sees it. */
export interface RunningCommand {
  /**
   * Nobody waits for an answer any more: a command that has not begun is dropped. `told`: what the caller has been told instead
   * of one; absent when it has gone by itself.
   */
  cancel(told?: Status): void;
  /** The caller takes more again. */
  resume(): void;
}

/** Nothing to cancel, nothing to resume. */
export const NOT_RUNNING: RunningCommand = { cancel: () => undefined, resume: () => undefined };
