import type { FeedEvent, FeedPage, FeedQuery } from '../feed.ts';
import type { PageSize } from '../journal.ts';
import type { Offset } from '../stream.ts';
import { payloadBytes } from './validate.ts';

/** Events that are neighbours in the feed; none where the feed has passed over something that was not asked for. */
export interface FeedStep {
  readonly events: readonly FeedEvent[];
  /** Where the feed is behind the first `count` of them; behind all of them, it has passed over everything up to the next step. */
  offset(count: number): Offset;
}

/**
 * Turns steps into the pages of `ChangeFeed.read`, bounded by events and bytes. An `idle` step says that nothing more is there for
 * now: what was gathered is delivered, and a page without events where only others' events were passed over.
 */
export async function* feedPages(
  { pageEvents }: FeedQuery,
  bounds: PageSize,
  start: Offset,
  steps: AsyncIterable<FeedStep | 'idle'>,
): AsyncGenerator<FeedPage, void, undefined> {
  const most = pageEvents ?? bounds.events;
  let events: FeedEvent[] = [];
  let bytes = 0;
  let delivered = start;
  let reached = start;
  function page(checkpoint: Offset): FeedPage {
    const full = { events, checkpoint };
    delivered = checkpoint;
    [events, bytes] = [[], 0];
    return full;
  }
  for await (const step of steps) {
    if (step === 'idle') {
      if (reached !== delivered) yield page(reached);
      continue;
    }
    for (const [count, event] of step.events.entries()) {
      const size = payloadBytes(event);
      if (events.length === most || (events.length > 0 && bytes + size > bounds.bytes)) {
        yield page(count === 0 ? reached : step.offset(count));
      }
      events.push(event);
      bytes += size;
    }
    reached = step.offset(step.events.length);
  }
  if (reached !== delivered) yield page(reached);
}
