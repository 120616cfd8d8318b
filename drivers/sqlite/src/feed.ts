import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed } from '@stategate/journal-spi';
import { throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { Bell } from '@stategate/journal-spi/kit';
import { TUNING } from './limits.ts';
import { toEvent } from './rows.ts';
import type { StoreWorker } from './store-worker.ts';

/** How long an append of another process may go unseen; those of this one ring. */
const POLL_MS = 150;

/** An offset is the `ord` of the last event that was looked at, over all namespaces. */
export function createFeed(worker: StoreWorker, bell: Bell): ChangeFeed {
  return {
    async *read(query, options) {
      throwIfOver(options);
      validateFeed(query);
      const { namespace, persistenceId = null, live, pageEvents = TUNING.page.events } = query;
      const bounds = [pageEvents, TUNING.page.bytes] as const;
      let after = cursor(query.after);
      let end: number | undefined;
      while (end === undefined || after < end) {
        throwIfOver(options);
        const upTo = end ?? Number.MAX_SAFE_INTEGER;
        const request = [namespace, persistenceId, after, upTo, bounds] as const;
        const [last, position, rows] = await worker.ask('read', 'feed', request, options);
        if (after > last) throw expired(after, last);
        end ??= live ? Infinity : last;
        const moved = position > after;
        after = position;
        // Without events only when it has caught up: a reader who stores that does not go through others' events again.
        if (rows.length > 0 || (moved && after >= last)) {
          const events = rows.map(([id, entityId, ...event]) => {
            return { stream: { namespace, persistenceId: id, entityId }, ...toEvent(event) };
          });
          yield { events, checkpoint: String(after) };
        }
        if (!moved && live) await bell.wait(POLL_MS, options);
      }
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      const [last] = await worker.ask('read', 'feed', [namespace, null, 0, 0, [1, 1]], options);
      return String(last);
    },
  };
}

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
