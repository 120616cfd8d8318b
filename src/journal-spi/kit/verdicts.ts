import { StoreError } from '../errors.ts';
import type { AppendRequest, AppendResult, Resolution } from '../journal.ts';
import type { KvCondition } from '../key-value.ts';
import type { Epoch, Fence, SequenceNr } from '../stream.ts';

/** Throws `Fenced` when a higher epoch than the fence's is stored: the second check of every write, after the token. */
export function checkEpoch(fence: Fence, current: Epoch): void {
  if (fence.epoch < current) throw fenced(fence, current);
}

/** The error for a fence where the store has another epoch; a lower one when it was never claimed. */
export function fenced({ scope, epoch: ours }: Fence, current: Epoch): StoreError {
  const what = ours > current ? 'was never claimed: it is at' : 'has lost to';
  return new StoreError('Fenced', `epoch ${ours} of scope "${scope}" ${what} epoch ${current}`, { ours, current });
}

/** The error for a scope whose lease somebody else has for `leftMs` more. */
export function leased(scope: string, owner: string, location: string, leftMs: number): StoreError {
  return new StoreError('StoreUnavailable', `${owner} holds the lease of scope "${scope}" in ${location}`, {
    retryAfterMs: Math.max(1, Math.ceil(leftMs)),
  });
}

/** Throws `SequenceConflict` unless the condition of a key-value write holds for the entry's revision; undefined: there is none. */
export function checkCondition(condition: KvCondition, rev: string | undefined): void {
  const met = {
    any: true,
    absent: rev === undefined,
    exists: rev !== undefined,
    rev: condition.if === 'rev' && condition.rev === rev,
  }[condition.if];
  if (!met) throw unmet(condition, rev);
}

/** The error for a condition that does not hold. */
export function unmet(condition: KvCondition, rev: string | undefined): StoreError {
  const found = rev === undefined ? 'there is no entry' : `the entry has revision ${rev}`;
  return new StoreError('SequenceConflict', `the condition "${condition.if}" is not met: ${found}`);
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

/** What was found where an append was not written. `last`: of the append that follows `expected`, when it has the token. */
export interface Standing {
  readonly head: SequenceNr;
  readonly epoch: Epoch;
  readonly last?: SequenceNr | undefined;
}

/**
 * What an append comes to that was not written: token, then epoch, then sequence. Undefined when nothing stands in its way any more.
 * Throws `Fenced`, `SequenceConflict`, `HeadRegressed`, and `InvalidRequest` for a token that other events have.
 */
export function judgeAppend(
  { expected, fence, token, events }: AppendRequest,
  { head, epoch, last }: Standing,
): AppendResult | undefined {
  if (last === expected + events.length) return { lastSequenceNr: last, duplicate: true };
  if (last !== undefined)
    throw new StoreError('InvalidRequest', `token ${token} was used for an append of other events`);
  checkEpoch(fence, epoch);
  checkHead(expected, head);
  return undefined;
}

/** `Journal.resolve`, from what was found. */
export function resolutionOf(expected: SequenceNr, { head, last }: Pick<Standing, 'head' | 'last'>): Resolution {
  if (last !== undefined) return { outcome: 'applied', lastSequenceNr: last };
  return { outcome: head > expected ? 'superseded' : 'absent', head };
}
