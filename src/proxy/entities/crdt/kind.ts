import type { AnyPayload, Answer } from '../outcome.ts';
import type { Crdt, CrdtDelta } from './crdt.ts';

/** What a user function asks to be done to the value. */
export type CrdtChange = { readonly type: 'update'; readonly delta: CrdtDelta } | { readonly type: 'delete' };

/** A message of the user function on a CRDT's stream (protocol-spec §1.8). */
export type CrdtMessage =
  | {
      readonly type: 'reply';
      readonly commandId: number;
      readonly answer: Answer;
      readonly change: CrdtChange | undefined;
      readonly streamed: boolean;
    }
  | { readonly type: 'streamed'; readonly commandId: number; readonly answer: Answer; readonly ends: boolean }
  | {
      readonly type: 'cancelled';
      readonly commandId: number;
      readonly answer: Answer;
      readonly change: CrdtChange | undefined;
    }
  | { readonly type: 'failure'; readonly commandId: number; readonly description: string }
  | { readonly type: 'unknown'; readonly details: string };

/** How a CRDT entity speaks with the user function. */
export interface CrdtCodec {
  /** The method that an entity's stream calls. */
  readonly path: string;
  init(serviceName: string, entityId: string, delta: CrdtDelta | undefined): Uint8Array;
  delta(delta: CrdtDelta): Uint8Array;
  delete(): Uint8Array;
  command(entityId: string, commandId: number, name: string, payload: AnyPayload, streamed: boolean): Uint8Array;
  streamCancelled(entityId: string, commandId: number): Uint8Array;
  decode(bytes: Uint8Array): CrdtMessage;
}

/** What is stored: a value, nothing yet, or the mark of a deletion. */
export type StoredCrdt = Crdt | 'deleted' | undefined;

/** Where one entity's value is kept, from one activation to its end. One call at a time. */
export interface CrdtStorage {
  /**
   * Reads what is stored and seals it against earlier owners. `replica` is the name under which this process writes: the same as
   * long as the store lives. Throws `StoreError`.
   */
  recover(): Promise<{ readonly replica: string; readonly stored: StoredCrdt }>;
  /** Resolves when it is durable, with what is stored: merged when somebody else has written too. Throws `StoreError`. */
  write(value: Crdt | 'deleted'): Promise<StoredCrdt>;
}
