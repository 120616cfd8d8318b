import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedQuery, OpOptions } from '@stategate/journal-spi';
import {
  createBell,
  decodePacked,
  parseTuple,
  payloadBytes,
  throwIfOver,
  validateFeed,
} from '@stategate/journal-spi/kit';
import type { Timestamp } from 'mongodb';
import { partsOf } from './commits.ts';
import type { CommitLog } from './commits.ts';
import { TUNING } from './limits.ts';
import { toRecord } from './records.ts';
import type { Store } from './store.ts';

const OFFSET = 'offset of this store';
const POLL_MS = 200;
/** Of one answer to a read of the feed. */
const BATCH_RECORDS = 100;

/** A record in the order of the feed, and the last of its events that was delivered. */
interface Place {
  readonly stamp: Timestamp;
  readonly id: string;
  readonly sequenceNr: number;
}

/**
 * Records by the server's own stamp. The server may show a record a little after one with a later stamp: so nothing is
 * delivered before its stamp is `feedDelayMs` old.
 */
export function createFeed(store: Store, log: CommitLog): ChangeFeed {
  const { Timestamp } = store.mongo;
  const bell = createBell();

  /** Of the namespace, from this one on. */
  async function newestStamp(namespace: string, from: Timestamp, options: OpOptions): Promise<Timestamp> {
    const found = await store.run('read', options, (limits) =>
      log.commits
        .find({ namespace, stamp: { $gte: from } }, { ...limits, projection: { stamp: 1 } })
        .sort({ stamp: -1 })
        .limit(1)
        .next(),
    );
    return found?.stamp ?? stampOf(0, 0);
  }

  /** Whatever has a lower stamp can be read by now. */
  async function horizon(options: OpOptions): Promise<Timestamp> {
    const time = await store.serverTime(options);
    return stampOf(Math.max(0, Math.floor((time - store.options.feedDelayMs) / 1000)), 0);
  }

  function stampOf(t: number, i: number): Timestamp {
    return new Timestamp({ t, i });
  }

  /** What comes after a place and before a stamp; `full`: there may be more. */
  async function fetchPage(query: FeedQuery, after: Place, before: Timestamp, options: OpOptions) {
    const { namespace, persistenceId, pageEvents = TUNING.page.events } = query;
    const events: FeedEvent[] = [];
    let place = after;
    let bytes = 0;
    const full = await store.run('read', options, async (limits) => {
      await using cursor = log.commits
        .find(
          {
            namespace,
            ...(persistenceId === undefined ? {} : { persistenceId }),
            stamp: { $gte: after.stamp, $lt: before },
          },
          { ...limits, promoteBuffers: true, batchSize: BATCH_RECORDS },
        )
        .sort({ stamp: 1, _id: 1 });
      for await (const commit of cursor) {
        const { _id: id, stamp = after.stamp } = commit;
        const same = stamp.equals(after.stamp);
        if (same && id < after.id) continue;
        const passed = same && id === after.id ? after.sequenceNr : 0;
        for (const { first, epoch, at, body } of toRecord(commit)) {
          for (const event of decodePacked(body, first, epoch, at)) {
            if (event.sequenceNr <= passed) continue;
            bytes += payloadBytes(event);
            if (events.length === pageEvents || (events.length > 0 && bytes > TUNING.page.bytes)) return true;
            events.push({ ...event, stream: partsOf(commit) });
            place = { stamp, id, sequenceNr: event.sequenceNr };
          }
        }
      }
      return false;
    });
    return { events, place, full };
  }

  function parse(offset: string | undefined): Place {
    if (offset === undefined) return { stamp: stampOf(0, 0), id: '', sequenceNr: 0 };
    const [t, i, id, sequenceNr] = parseTuple(offset, ['number', 'number', 'string', 'number'], OFFSET);
    if (Math.max(t, i) < 2 ** 32) return { stamp: stampOf(t, i), id, sequenceNr };
    throw new StoreError('InvalidRequest', `"${offset}" is no ${OFFSET}`);
  }

  return {
    async *read(query, options) {
      throwIfOver(options);
      validateFeed(query);
      let place = parse(query.after);
      const newest = await newestStamp(query.namespace, place.stamp, options);
      if (place.stamp.greaterThan(newest)) {
        const message = `the store cannot go on after this offset: its events end before it. Was it restored from a backup?`;
        throw new StoreError('OffsetExpired', message);
      }
      for (;;) {
        throwIfOver(options);
        const settled = await horizon(options);
        const last = !query.live && newest.lessThan(settled);
        const page = await fetchPage(query, place, last ? stampOf(newest.t, newest.i + 1) : settled, options);
        place = page.place;
        if (page.events.length > 0) yield { events: page.events, checkpoint: toOffset(place) };
        if (page.full) continue;
        if (last) return;
        // All before the horizon was looked at, also what nobody asked for: it need not be looked at again.
        if (settled.greaterThan(place.stamp)) place = { stamp: settled, id: '', sequenceNr: 0 };
        await bell.wait(POLL_MS, options);
      }
    },

    async now(namespace, options) {
      throwIfOver(options);
      validateFeed({ namespace, live: false });
      const newest = await newestStamp(namespace, stampOf(0, 0), options);
      // What was written before, and cannot be read yet, is not to come afterwards.
      while (newest.t > 0 && !newest.lessThan(await horizon(options))) {
        throwIfOver(options);
        await bell.wait(POLL_MS, options);
      }
      return toOffset({ stamp: newest, id: BEHIND_ALL, sequenceNr: 0 });
    },
  };
}

/** Ids of records begin with a bracket. */
const BEHIND_ALL = '~';

function toOffset({ stamp, id, sequenceNr }: Place): string {
  return JSON.stringify([stamp.t, stamp.i, id, sequenceNr]);
}
