import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedQuery, OpOptions } from '@stategate/journal-spi';
import { createBell, decodePacked, feedPages, parseTuple, throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { FeedStep } from '@stategate/journal-spi/kit';
import type { Timestamp } from 'mongodb';
import { partsOf } from './commits.ts';
import type { Commit, CommitLog } from './commits.ts';
import { TUNING } from './limits.ts';
import { toRecord } from './records.ts';
import type { Store } from './store.ts';

const OFFSET = 'offset of this store';
const POLL_MS = 200;
/** Ids of records begin with a bracket. */
const BEHIND_ALL = '~';
/** Of one answer of the server. */
const BATCH_RECORDS = 100;

/** A record in the order of the feed, and the last of its events that was delivered: 0 when all were. */
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
  const { Timestamp } = store.connected.mongo;
  const bell = createBell();

  return {
    async *read(query, options) {
      throwIfOver(options);
      validateFeed(query);
      const start = parse(query.after);
      const newest = await newestStamp(query.namespace, start.stamp, options);
      if (start.stamp.greaterThan(newest)) {
        const message = `the store cannot go on after this offset: its events end before it. Was it restored from a backup?`;
        throw new StoreError('OffsetExpired', message);
      }
      yield* feedPages(query, TUNING.page, toOffset(start), steps(query, start, newest, options));
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

  /** The records after a place: up to the newest one, or for ever when the feed is live. */
  async function* steps(
    query: FeedQuery,
    start: Place,
    newest: Timestamp,
    options: OpOptions,
  ): AsyncGenerator<FeedStep | 'idle', void, undefined> {
    let place = start;
    for (;;) {
      throwIfOver(options);
      const settled = await horizon(options);
      const last = !query.live && newest.lessThan(settled);
      const before = last ? stampOf(newest.t, newest.i + 1) : settled;
      let found: readonly Commit[];
      while ((found = await records(query, place, before, options)).length > 0) {
        for (const commit of found) {
          yield stepOf(commit, place);
          place = { stamp: commit.stamp ?? place.stamp, id: commit._id, sequenceNr: 0 };
        }
      }
      if (last) return;
      // All before the horizon was looked at, also what nobody asked for: it need not be looked at again.
      if (settled.greaterThan(place.stamp)) place = { stamp: settled, id: '', sequenceNr: 0 };
      yield 'idle';
      await bell.wait(POLL_MS, options);
    }
  }

  /** What comes after a place and before a stamp: about a page, and nothing when there is nothing. */
  function records(query: FeedQuery, after: Place, before: Timestamp, options: OpOptions): Promise<Commit[]> {
    const { namespace, persistenceId } = query;
    const stamp = { $gte: after.stamp, $lt: before };
    const filter = { namespace, ...(persistenceId === undefined ? {} : { persistenceId }), stamp };
    return store.run('read', options, async (limits) => {
      const cursor = log.commits.find(filter, { ...limits, batchSize: BATCH_RECORDS }).sort({ stamp: 1, _id: 1 });
      const found: Commit[] = [];
      let bytes = 0;
      for await (const commit of cursor) {
        if (isPassed(commit, after)) continue;
        found.push(commit);
        bytes += commit.bytes;
        if (found.length === TUNING.page.events || bytes > TUNING.page.bytes) break;
      }
      return found;
    });
  }

  /** Of the namespace, from this one on. */
  async function newestStamp(namespace: string, from: Timestamp, options: OpOptions): Promise<Timestamp> {
    const found = await store.run('read', options, (limits) =>
      log.commits.findOne(
        { namespace, stamp: { $gte: from } },
        { ...limits, projection: { stamp: 1 }, sort: { stamp: -1 } },
      ),
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

  function parse(offset: string | undefined): Place {
    if (offset === undefined) return { stamp: stampOf(0, 0), id: '', sequenceNr: 0 };
    const [t, i, id, sequenceNr] = parseTuple(offset, ['number', 'number', 'string', 'number'], OFFSET);
    if (Math.max(t, i) < 2 ** 32) return { stamp: stampOf(t, i), id, sequenceNr };
    throw new StoreError('InvalidRequest', `"${offset}" is no ${OFFSET}`);
  }
}

/** Whether all its events were delivered. A server orders ids by their bytes. */
function isPassed({ _id, stamp }: Commit, place: Place): boolean {
  if (!stamp?.equals(place.stamp)) return false;
  const order = Buffer.compare(Buffer.from(_id), Buffer.from(place.id));
  return order < 0 || (order === 0 && place.sequenceNr === 0);
}

/** The events of a record that are behind a place. */
function stepOf(commit: Commit, place: Place): FeedStep {
  const { _id: id, stamp = place.stamp } = commit;
  const delivered = id === place.id ? place.sequenceNr : 0;
  const events = toRecord(commit)
    .flatMap(({ first, epoch, at, body }) => decodePacked(body, first, epoch, at))
    .filter(({ sequenceNr }) => sequenceNr > delivered)
    .map((event) => ({ ...event, stream: partsOf(commit) }));
  return {
    events,
    offset: (count) => toOffset({ stamp, id, sequenceNr: (events[count]?.sequenceNr ?? 1) - 1 }),
  };
}

function toOffset({ stamp, id, sequenceNr }: Place): string {
  return JSON.stringify([stamp.t, stamp.i, id, sequenceNr]);
}
