import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedPage, FeedQuery } from '@stategate/journal-spi';
import { throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { Bell } from '@stategate/journal-spi/kit';
import { unpackEvent } from './journal.ts';
import { TUNING } from './limits.ts';
import type { Exchange, StoreWorker } from './store-worker.ts';

/** How long an append of another process may go unseen; those of this one ring. */
const POLL_MS = 150;

/** An offset is the `ord` of the last event that was looked at, over all namespaces. */
export function createFeed(worker: StoreWorker, bell: Bell): ChangeFeed {
  return {
    async *read(query, options) {
      throwIfOver(options);
      validateFeed(query);
      let after = cursor(query.after);
      let end: number | undefined;
      while (end === undefined || after < end) {
        throwIfOver(options);
        const page = await worker.askOne(feed, { query, after, end: end ?? Number.MAX_SAFE_INTEGER }, options);
        if (after > page.last) throw expired(after, page.last);
        end ??= query.live ? Infinity : page.last;
        const moved = page.position > after;
        after = page.position;
        // Without events only when it has caught up: a reader who stores that does not go through others' events again.
        if (page.events.length > 0 || (moved && after >= page.last))
          yield { events: page.events, checkpoint: String(after) };
        if (!moved && query.live) await bell.wait(POLL_MS, options);
      }
    },

    async now(namespace, options) {
      const query = { namespace, live: false, pageEvents: 1 };
      return String((await worker.askOne(feed, { query, after: 0, end: 0 }, options)).last);
    },
  };
}

interface Request {
  readonly query: FeedQuery;
  readonly after: number;
  readonly end: number;
}

interface Page extends Pick<FeedPage, 'events'> {
  /** The `ord` given out last. */
  readonly last: number;
  readonly position: number;
}

const feed: Exchange<Request, Page> = {
  operation: 'feed',
  effect: 'read',
  check: ({ query }) => validateFeed(query),
  pack({ query: { namespace, persistenceId = '', pageEvents }, after, end }, output) {
    const { events, bytes } = TUNING.page;
    output.add(namespace, persistenceId, after, end, pageEvents ?? events, bytes);
  },
  unpack(_, input, { query: { namespace } }) {
    const last = input.number();
    const position = input.number();
    const events = Array.from({ length: input.number() }, () => {
      const stream = { namespace, persistenceId: input.text(), entityId: input.text() };
      return { stream, ...unpackEvent(input) };
    });
    return { last, position, events };
  },
};

function cursor(after = '0'): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
}

function expired(after: number, last: number): StoreError {
  return new StoreError(
    'OffsetExpired',
    `the store cannot go on after offset ${after}: it is at ${last}. Was it restored from a backup?`,
  );
}
