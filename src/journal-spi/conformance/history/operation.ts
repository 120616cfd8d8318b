import type { Epoch, SequenceNr, Token } from '../../stream.ts';
import type { StoreErrorCode } from '../../errors.ts';

/** One thing that a process did to one stream, and when, on one clock for all processes. `end` is infinite while nothing came back. */
export interface Operation {
  readonly process: number;
  readonly stream: string;
  readonly start: number;
  readonly end: number;
  readonly did: Append | Read | Recovery | Verdict;
}

/** All tries of one append together. Every value is used once in a whole history. */
export interface Append {
  readonly type: 'append';
  readonly expected: SequenceNr;
  readonly epoch: Epoch;
  readonly token: Token;
  readonly values: readonly string[];
  readonly outcome:
    | { readonly type: 'ok'; readonly lastSequenceNr: SequenceNr }
    /** Refused for sure; `actual` when the store said where the head is. */
    | { readonly type: 'fail'; readonly code: StoreErrorCode; readonly actual?: SequenceNr }
    /** Nobody knows. */
    | { readonly type: 'info' };
}

/** The stream to its end, from a sequence number on. */
export interface Read {
  readonly type: 'read';
  readonly from: SequenceNr;
  readonly events: readonly LoggedEvent[];
}

/** The whole stream, read and sealed for an epoch: `from` is 1. */
export interface Recovery {
  readonly type: 'recovery';
  readonly from: SequenceNr;
  readonly epoch: Epoch;
  readonly events: readonly LoggedEvent[];
}

/** What the store said became of an append that was unclear. */
export interface Verdict {
  readonly type: 'verdict';
  readonly token: Token;
  readonly outcome: 'applied' | 'superseded' | 'absent';
}

export interface LoggedEvent {
  readonly value: string;
  readonly epoch: Epoch;
}

/** Something that cannot have happened in a store that keeps its word. */
export interface Anomaly {
  readonly type:
    | 'log-shape'
    | 'divergent-read'
    | 'acknowledged-lost'
    | 'failed-but-applied'
    | 'unclear-but-partial'
    | 'phantom'
    | 'real-time'
    | 'dishonest-conflict'
    | 'fenced-but-acknowledged'
    | 'behind-the-seal'
    | 'wrong-verdict';
  readonly stream: string;
  readonly text: string;
}
