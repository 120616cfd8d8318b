import type { Fence, OpOptions, Payload, SequenceNr, StreamKey } from './stream.ts';

/** States of a stream at a sequence number. They only make recovery faster: events are the truth. */
export interface SnapshotStore {
  /** The newest snapshot with `sequenceNr ≤ maxSequenceNr`. */
  load(stream: StreamKey, query: { readonly maxSequenceNr?: SequenceNr }, options: OpOptions): Promise<Snapshot | null>;

  /** Stores it whole or not at all; the same sequence number overwrites. Then keeps the newest `keep`, all when absent. `Fenced` as in `Journal.appendMany`. */
  save(
    stream: StreamKey,
    snapshot: NewSnapshot,
    fence: Fence,
    options: OpOptions & { readonly keep?: number },
  ): Promise<void>;

  /** Removes the snapshots with `sequenceNr ≤ maxSequenceNr`, all when absent, and says how many there were. */
  delete(stream: StreamKey, query: { readonly maxSequenceNr?: SequenceNr }, options: OpOptions): Promise<number>;
}

export interface NewSnapshot extends Payload {
  readonly sequenceNr: SequenceNr;
}

export interface Snapshot extends NewSnapshot {
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}
