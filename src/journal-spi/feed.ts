import type { StoredEvent } from './journal.ts';
import type { Offset, OpOptions, StreamKey } from './stream.ts';

/** Follows the events of many streams. Every event is delivered at least once, those of one stream in their order. */
export interface ChangeFeed {
  /**
   * The events after an offset, page by page. Finite: ends when it has delivered what was there when iteration began. Live: goes on
   * with what is appended, until `signal` aborts, and then ends as `Cancelled`. What is no offset is `InvalidRequest`, one that the
   * store can no longer continue from `OffsetExpired`. Both come up at the first page.
   */
  read(query: FeedQuery, options: OpOptions): AsyncIterable<FeedPage>;

  /** The offset after which only what is appended from now on comes. */
  now(namespace: string, options: OpOptions): Promise<Offset>;
}

export interface FeedQuery {
  readonly namespace: string;
  /** Only the streams of this persistence id; all when absent. */
  readonly persistenceId?: string;
  /** From the beginning when absent; events that were deleted since may be left out. */
  readonly after?: Offset;
  readonly live: boolean;
  /** Most events of a page. */
  readonly pageEvents?: number;
}

export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Continue after it when the whole page is done. A live feed may send pages without events to move it on. */
  readonly checkpoint: Offset;
}

export interface FeedEvent extends StoredEvent {
  readonly stream: StreamKey;
}
