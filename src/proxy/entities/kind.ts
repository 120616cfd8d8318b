import type { EntityTexts } from './machine.ts';
import type { AnyPayload, ClientAction, SideEffect } from './outcome.ts';

/** A message of the user function on an entity's stream. `Write`: what a reply may ask to be stored. */
export type EntityMessage<Write> =
  | { readonly type: 'reply'; readonly reply: EntityReply<Write> }
  | { readonly type: 'failure'; readonly commandId: number; readonly description: string }
  | { readonly type: 'unknown'; readonly details: string };

export interface EntityReply<Write> {
  readonly commandId: number;
  readonly action: ClientAction;
  readonly sideEffects: readonly SideEffect[];
  readonly write: Write | undefined;
}

export interface EventsWrite {
  readonly events: readonly AnyPayload[];
  readonly snapshot: AnyPayload | undefined;
}

/** The value to store; null deletes. */
export type ValueWriteRequest = { readonly value: AnyPayload | null };

/** How one kind of stateful entity speaks with the user function. */
export interface EntityKindCodec<Write> {
  readonly texts: EntityTexts;
  /** The method that an entity's stream calls. */
  readonly path: string;
  init(serviceName: string, entityId: string, state: RecoveredState | undefined): Uint8Array;
  event(event: RecoveredState): Uint8Array;
  command(entityId: string, commandId: number, name: string, payload: AnyPayload): Uint8Array;
  decode(bytes: Uint8Array): EntityMessage<Write>;
  /** Whether `restart` in a failure has a meaning for this kind. */
  readonly restarts: boolean;
}

/** A snapshot, an event, or a value (which has no sequence number: 0). */
export interface RecoveredState {
  readonly sequenceNr: number;
  readonly payload: AnyPayload;
}

/** What brings an entity to life: one `init`, then events in pages. */
export type ReplayStep =
  | { readonly type: 'init'; readonly state: RecoveredState | undefined }
  | { readonly type: 'events'; readonly events: readonly RecoveredState[] };

/** Where one entity's state is kept, from one activation to its end. */
export interface EntityStorage<Write> {
  /** Reads what is stored and seals it against earlier owners. Throws `StoreError`. */
  replay(): AsyncIterable<ReplayStep>;
  /** Resolves when it is durable. Throws `StoreError`. `traceparent`: the W3C trace context to keep beside it. */
  write(write: Write, traceparent: string | undefined): Promise<void>;
  /** The entity leaves memory. */
  release(): void;
}
