import { StoreError } from '../errors.ts';
import type { Epoch, Fence, SequenceNr } from '../stream.ts';

/** Throws `Fenced` when a higher epoch than the fence's is stored: the second check of every write, after the token. */
export function checkEpoch(fence: Fence, current: Epoch): void {
  if (fence.epoch >= current) return;
  throw new StoreError('Fenced', `epoch ${fence.epoch} of scope "${fence.scope}" has lost to epoch ${current}`, {
    ours: fence.epoch,
    current,
  });
}

/** Throws `SequenceConflict` or `HeadRegressed` unless the append follows the head: the last check of an append. */
export function checkHead(expected: SequenceNr, actual: SequenceNr): void {
  if (actual === expected) return;
  throw actual > expected
    ? new StoreError('SequenceConflict', `expected head ${expected}, the stream is at ${actual}`, { expected, actual })
    : new StoreError('HeadRegressed', `expected head ${expected}, the stream has only ${actual}`, { expected, actual });
}

/** Throws `IntegrityError` for a snapshot of events that the journal does not hold: the store has lost some. */
export function checkSnapshot(snapshot: SequenceNr, head: SequenceNr): void {
  if (snapshot <= head) return;
  throw new StoreError('IntegrityError', `the snapshot is of event ${snapshot}, the stream has only ${head} events`);
}
