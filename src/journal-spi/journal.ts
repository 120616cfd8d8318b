import type { StoreError } from './errors.ts';
import type { Snapshot } from './snapshots.ts';
import type { Epoch, Fence, OpOptions, Payload, SequenceNr, StreamKey, Token } from './stream.ts';

/** An append-only log for each stream, with compare-and-set on its head and a fence against earlier owners. */
export interface Journal {
  /** `appendMany` of one request: throws what that returns as an outcome. */
  append(request: AppendRequest, options: OpOptions): Promise<AppendResult>;

  /**
   * Appends to several streams, each on its own: one outcome per request, in their order, never all-or-nothing. A stream that
   * is named twice is served in order. Checks, in this order: a known token is a success (`duplicate`), a lower epoch than the
   * stream's is `Fenced {ours, current}`, a head above `expected` is `SequenceConflict {expected, actual}`, a head below it
   * `HeadRegressed`. Rejects as a whole only when no request was sent.
   */
  appendMany(requests: readonly AppendRequest[], options: OpOptions): Promise<readonly Outcome<AppendResult>[]>;

  /** What became of an append that ended as `AmbiguousWrite`. Reads linearizably. */
  resolve(request: Pick<AppendRequest, 'stream' | 'expected' | 'token'>, options: OpOptions): Promise<Resolution>;

  /** `recoverMany` of one request: throws what that returns as an outcome. */
  recover(request: RecoverRequest, options: OpOptions): Promise<Recovered>;

  /**
   * Reads what an owner needs to bring a stream to life, and seals it: the stream's epoch is raised to the fence's when it is
   * lower, and once this returns no write of a lower epoch is ever acknowledged. An epoch above the fence's is `Fenced`.
   * Sealing a stream that was never written leaves it unwritten: `exists` false, not listed.
   */
  recoverMany(requests: readonly RecoverRequest[], options: OpOptions): Promise<readonly Outcome<Recovered>[]>;

  /** Reads events page by page; asks the store for nothing until iterated. A gap between events is `IntegrityError`. */
  read(stream: StreamKey, query: ReadQuery, options: OpOptions): AsyncIterable<EventPage>;

  head(stream: StreamKey, options: OpOptions): Promise<StreamHead>;

  /** Hides the events up to `sequenceNr` for good. Only ever moves forward, never past the head, and the head stays. `Fenced` as in `appendMany`. */
  deleteTo(stream: StreamKey, sequenceNr: SequenceNr, fence: Fence, options: OpOptions): Promise<void>;

  /** The streams that were written, in an order of the driver's choice that stays the same; `after` is the `next` of the page before. */
  list(query: ListQuery, options: OpOptions): Promise<StreamPage>;
}

export interface AppendRequest {
  readonly stream: StreamKey;
  /** The head this append follows: exact, 0 = the stream is empty. */
  readonly expected: SequenceNr;
  readonly fence: Fence;
  readonly token: Token;
  /** At least one. */
  readonly events: readonly Payload[];
}

export interface AppendResult {
  readonly lastSequenceNr: SequenceNr;
  /** The token was known: this append had been applied before. */
  readonly duplicate: boolean;
}

export type Outcome<T> = T | StoreError;

export type Resolution =
  | { readonly outcome: 'applied'; readonly lastSequenceNr: SequenceNr }
  /** The place is taken by another write: ours can never land. */
  | { readonly outcome: 'superseded'; readonly head: SequenceNr }
  /** Not there now, and may still land: resubmit the same token, or claim a higher epoch. */
  | { readonly outcome: 'absent'; readonly head: SequenceNr };

export interface StoredEvent extends Payload {
  readonly sequenceNr: SequenceNr;
  readonly epoch: Epoch;
  /** When it was written, in milliseconds since 1970: for people, never for order. */
  readonly at: number;
}

/** A page never ends in the middle of an event, but may end in the middle of a batch. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly last: boolean;
}

/** Upper bounds of a page. One event is delivered even when it alone is larger than `bytes`. */
export interface PageSize {
  readonly events: number;
  readonly bytes: number;
}

export interface ReadQuery {
  /** First and last sequence number, both included; 1 and the head when absent. */
  readonly from?: SequenceNr;
  readonly to?: SequenceNr;
  readonly direction?: 'forward' | 'backward';
  /** At most so many events altogether. */
  readonly limit?: number;
  readonly page?: PageSize;
}

export interface StreamHead {
  readonly head: SequenceNr;
  readonly deletedTo: SequenceNr;
  readonly epoch: Epoch;
  readonly exists: boolean;
}

export interface RecoverRequest {
  readonly stream: StreamKey;
  readonly fence: Fence;
  /** Look for a snapshot, and start after it. */
  readonly snapshot: boolean;
  /** Without `snapshot`: start after this event, which a snapshot kept elsewhere covers. Beyond the head it is `IntegrityError`. */
  readonly after?: SequenceNr;
  readonly page: PageSize;
}

export interface Recovered {
  readonly head: StreamHead;
  readonly snapshot?: Snapshot;
  /** The events after the snapshot (else after `deletedTo`): the first page is already read, the others when asked for. */
  readonly pages: AsyncIterable<EventPage>;
}

export interface ListQuery {
  readonly namespace: string;
  readonly persistenceId?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface StreamPage {
  readonly streams: readonly (StreamKey & StreamHead)[];
  /** Absent on the last page. */
  readonly next?: string;
}
