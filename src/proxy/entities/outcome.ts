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

/** How a command ended, before its side effects and forwards are carried out. */
export type CommandOutcome =
  | { readonly type: 'answered'; readonly action: ClientAction; readonly sideEffects: readonly SideEffect[] }
  | { readonly type: 'failed'; readonly status: Status };
