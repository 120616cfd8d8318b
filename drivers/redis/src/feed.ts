import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedPage, FeedQuery, Offset, OpOptions, StreamKey } from '@stategate/journal-spi';
import { throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { BlockingConnection, Connection } from './connection.ts';
import { toEvent } from './journal.ts';
import { fromMember } from './keys.ts';
import type { Keys } from './keys.ts';
import { TUNING } from './limits.ts';
import { fields, list, number, text } from './replies.ts';

/** How many appends one look into the feed takes. */
const APPENDS = 200;

/** The id of an entry: a time and a count. */
type EntryId = readonly [ms: number, count: number];

/** What the feed has of an append. The stream of Redis keeps the order in which the scripts ran. */
interface Append {
  readonly id: EntryId;
  readonly stream: StreamKey;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** The last entry that was delivered, and when that was not all of it: how many of its events. */
interface Position {
  readonly id: EntryId;
  readonly part: number;
}

const START: Position = { id: [0, 0], part: 0 };

export function createFeed(connection: Connection, keys: Keys): ChangeFeed {
  return {
    async *read(query, options) {
      throwIfOver(options);
      validateFeed(query);
      const feed = keys.feed(query.namespace);
      let position = query.after === undefined ? START : fromOffset(query.after);
      const end = query.live ? undefined : await newest(feed, options);
      let blocking: BlockingConnection | undefined;
      try {
        for (;;) {
          const found = await appendsFrom(query.namespace, position, options);
          const appends = end === undefined ? found : found.filter(({ id }) => !isBefore(end, id));
          if (appends.length > 0) {
            const page = await pageOf(appends, position, query, options);
            position = fromOffset(page.checkpoint);
            yield page;
          } else if (end === undefined) {
            blocking ??= await connection.connectToBlock(options.signal);
            await blocking.waitForEntry(feed, position.id.join('-'), options);
          } else return;
        }
      } finally {
        blocking?.close();
      }
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      return toOffset({ id: await newest(keys.feed(namespace), options), part: 0 });
    },
  };

  async function newest(feed: string, options: OpOptions): Promise<EntryId> {
    const [entry] = list(await connection.command('read', 'XREVRANGE', [feed, '+', '-', 'COUNT', 1], options));
    return entry === undefined ? START.id : toId(list(entry)[0]);
  }

  async function appendsFrom(namespace: string, position: Position, options: OpOptions): Promise<readonly Append[]> {
    const feed = keys.feed(namespace);
    const from = `${position.part > 0 ? '' : '('}${position.id.join('-')}`;
    // Asked after the entries: what was trimmed away before them must not be passed over.
    const [entries, info] = await Promise.all([
      connection.command('read', 'XRANGE', [feed, from, '+', 'COUNT', APPENDS], options),
      connection.command('read', 'XINFO', ['STREAM', feed], options).catch(noFeed),
    ]);
    checkPosition(position, info);
    return list(entries).map((entry) => toAppend(namespace, entry));
  }

  /** As much as a page takes. Events that were deleted, and those of others than the query's, are passed over. */
  async function pageOf(
    appends: readonly Append[],
    position: Position,
    { persistenceId, pageEvents = TUNING.page.events }: FeedQuery,
    options: OpOptions,
  ): Promise<FeedPage> {
    const parts: Promise<readonly FeedEvent[]>[] = [];
    let checkpoint = position;
    let room = pageEvents;
    let bytes = 0;
    for (const { id, stream, first, last, bytes: size } of appends) {
      const done = isBefore(checkpoint.id, id) ? 0 : checkpoint.part;
      if (persistenceId === undefined || stream.persistenceId === persistenceId) {
        bytes += size;
        if (room === 0 || (parts.length > 0 && bytes > TUNING.page.bytes)) break;
        const to = Math.min(last, first + done + room - 1);
        parts.push(eventsOf(stream, first + done, to, options));
        room -= to - first - done + 1;
        if (to < last) {
          checkpoint = { id, part: to - first + 1 };
          break;
        }
      }
      checkpoint = { id, part: 0 };
    }
    return { events: (await Promise.all(parts)).flat(), checkpoint: toOffset(checkpoint) };
  }

  async function eventsOf(
    stream: StreamKey,
    from: number,
    to: number,
    options: OpOptions,
  ): Promise<readonly FeedEvent[]> {
    const args = [keys.stream(stream).events, `${from}-0`, `${to}-0`];
    const entries = list(await connection.command('read', 'XRANGE', args, options));
    return entries.map((entry) => ({ stream, ...toEvent(entry) }));
  }
}

function toAppend(namespace: string, entry: unknown): Append {
  const [id, values] = list(entry);
  const facts = fields(values);
  const stream = fromMember(namespace, text(facts.get('stream')));
  if (stream === undefined) throw new StoreError('IntegrityError', `entry ${text(id)} of the feed names no stream`);
  const [first, last, bytes] = ['first', 'last', 'bytes'].map((name) => number(facts.get(name)));
  return { id: toId(id), stream, first: first ?? 0, last: last ?? 0, bytes: bytes ?? 0 };
}

/** Throws `OffsetExpired` for a position before what is left of the feed, or behind all that it ever had. */
function checkPosition({ id }: Position, info: unknown): void {
  const feed = info === null ? undefined : fields(info);
  const last = feed === undefined ? START.id : toId(feed.get('last-generated-id'));
  if (isBefore(last, id)) {
    throw new StoreError(
      'OffsetExpired',
      `the feed ends at ${last.join('-')}, before the offset ${id.join('-')}: Redis has lost what came after`,
    );
  }
  if (feed === undefined || number(feed.get('entries-added')) === number(feed.get('length'))) return;
  if (isBefore(id, toId(feed.get('recorded-first-entry-id')))) {
    throw new StoreError(
      'OffsetExpired',
      `the feed was trimmed behind the offset ${id.join('-')}: read the journals, then go on from the feed's now; store.config.feedMaxAppends says how far it reaches back`,
    );
  }
}

/** A namespace without a feed has no stream. */
function noFeed(error: unknown): null {
  if (error instanceof StoreError && error.message.includes('no such key')) return null;
  throw error;
}

function toId(id: unknown): EntryId {
  const [ms, count] = text(id).split('-').map(Number);
  return [ms ?? 0, count ?? 0];
}

function isBefore([aMs, aCount]: EntryId, [bMs, bCount]: EntryId): boolean {
  return aMs < bMs || (aMs === bMs && aCount < bCount);
}

function toOffset({ id, part }: Position): Offset {
  return part === 0 ? id.join('-') : `${id.join('-')}.${part}`;
}

function fromOffset(offset: Offset): Position {
  const [, ms, count, part = '0'] = /^(\d{1,15})-(\d{1,15})(?:\.(\d{1,4}))?$/.exec(offset) ?? [];
  if (ms === undefined) throw new StoreError('InvalidRequest', `"${offset}" is no offset of this store`);
  return { id: [Number(ms), Number(count)], part: Number(part) };
}
