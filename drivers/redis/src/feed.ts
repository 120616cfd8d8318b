import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedQuery, Offset, OpOptions, StreamKey } from '@stategate/journal-spi';
import { feedPages, throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { FeedStep } from '@stategate/journal-spi/kit';
import type { BlockingConnection, Connection } from './connection.ts';
import { toEvent } from './journal.ts';
import { fromMember } from './keys.ts';
import type { Keys } from './keys.ts';
import { TUNING } from './limits.ts';
import { fields, list, number, text } from './replies.ts';

/** How many appends one look into the feed takes. */
const APPENDS = 200;

/** What the feed has of an append. The stream of Redis keeps the order in which the scripts ran. */
interface Append {
  readonly id: string;
  readonly stream: StreamKey;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** An offset is the id of the last entry that was delivered, and when that was not all of it: a dot and how many of its events. */
const START = '0-0';

export function createFeed(connection: Connection, keys: Keys): ChangeFeed {
  return {
    async *read(query, options) {
      throwIfOver(options);
      validateFeed(query);
      yield* feedPages(query, TUNING.page, query.after ?? START, stepsOf(query, options));
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      return newest(keys.feed(namespace), options);
    },
  };

  /** Append by append, read several at a time, but no more than a page holds. */
  async function* stepsOf(query: FeedQuery, options: OpOptions): AsyncGenerator<FeedStep | 'idle', void, undefined> {
    const { namespace, persistenceId, after = START, live } = query;
    const feed = keys.feed(namespace);
    let { id, part } = fromOffset(after);
    const end = live ? undefined : await newest(feed, options);
    let blocking: BlockingConnection | undefined;
    try {
      for (;;) {
        const steps: Promise<FeedStep>[] = [];
        let bytes = 0;
        for (const append of await appendsFrom(id, part > 0, namespace, options)) {
          if (end !== undefined && isBefore(end, append.id)) break;
          const wanted = persistenceId === undefined || append.stream.persistenceId === persistenceId;
          if (wanted) bytes += append.bytes;
          if (bytes > TUNING.page.bytes && steps.length > 0) break;
          steps.push(stepOf(append, wanted, append.id === id ? part : 0, options));
          [id, part] = [append.id, 0];
        }
        yield* await Promise.all(steps);
        if (steps.length > 0) continue;
        if (!live) return;
        yield 'idle';
        blocking ??= await connection.connectToBlock(options.signal);
        await blocking.waitForEntry(feed, id, options);
      }
    } finally {
      blocking?.close();
    }
  }

  async function newest(feed: string, options: OpOptions): Promise<string> {
    const [entry] = list(await connection.command('read', 'XREVRANGE', [feed, '+', '-', 'COUNT', 1], options));
    return entry === undefined ? START : text(list(entry)[0]);
  }

  async function appendsFrom(
    id: string,
    inclusive: boolean,
    namespace: string,
    options: OpOptions,
  ): Promise<readonly Append[]> {
    const feed = keys.feed(namespace);
    const from = inclusive ? id : `(${id}`;
    // Asked after the entries: what was trimmed away before them must not be passed over.
    const [entries, info] = await Promise.all([
      connection.command('read', 'XRANGE', [feed, from, '+', 'COUNT', APPENDS], options),
      connection.command('read', 'XINFO', ['STREAM', feed], options).catch(noFeed),
    ]);
    checkPosition(id, info);
    return list(entries).map((entry) => toAppend(namespace, entry));
  }

  /** The events of an append but for those that were delivered, or deleted; none when it is not wanted. */
  async function stepOf(
    { id, stream, first, last }: Append,
    wanted: boolean,
    delivered: number,
    options: OpOptions,
  ): Promise<FeedStep> {
    const args = [keys.stream(stream).events, `${first + delivered}-0`, `${last}-0`];
    const entries = wanted ? list(await connection.command('read', 'XRANGE', args, options)) : [];
    const events = entries.map((entry) => ({ stream, ...toEvent(entry) }));
    return {
      events,
      offset(count) {
        const next = events[count];
        return next === undefined ? id : `${id}.${next.sequenceNr - first}`;
      },
    };
  }
}

function toAppend(namespace: string, entry: unknown): Append {
  const [id, values] = list(entry);
  const facts = fields(values);
  const stream = fromMember(namespace, text(facts.get('stream')));
  if (stream === undefined) throw new StoreError('IntegrityError', `entry ${text(id)} of the feed names no stream`);
  const [first = 0, last = 0, bytes = 0] = ['first', 'last', 'bytes'].map((name) => number(facts.get(name)));
  return { id: text(id), stream, first, last, bytes };
}

/** Throws `OffsetExpired` for a position before what is left of the feed, or behind all that it ever had. */
function checkPosition(id: string, info: unknown): void {
  const feed = info === null ? undefined : fields(info);
  const last = feed === undefined ? START : text(feed.get('last-generated-id'));
  if (isBefore(last, id)) {
    throw new StoreError(
      'OffsetExpired',
      `the feed ends at ${last}, before the offset ${id}: Redis has lost what came after`,
    );
  }
  if (feed === undefined || number(feed.get('entries-added')) === number(feed.get('length'))) return;
  if (isBefore(id, text(feed.get('recorded-first-entry-id')))) {
    throw new StoreError(
      'OffsetExpired',
      `the feed was trimmed behind the offset ${id}: read the journals, then go on from the feed's now; store.config.feedMaxAppends says how far it reaches back`,
    );
  }
}

/** A namespace without a feed has no stream. */
function noFeed(error: unknown): null {
  if (error instanceof StoreError && error.message.includes('no such key')) return null;
  throw error;
}

/** The id of an entry is a time and a count. */
function isBefore(a: string, b: string): boolean {
  const [[aMs = 0, aCount = 0], [bMs = 0, bCount = 0]] = [a.split('-').map(Number), b.split('-').map(Number)];
  return aMs < bMs || (aMs === bMs && aCount < bCount);
}

function fromOffset(offset: Offset): { readonly id: string; readonly part: number } {
  const [, id, part = '0'] = /^(\d{1,15}-\d{1,15})(?:\.(\d{1,4}))?$/.exec(offset) ?? [];
  if (id === undefined) throw new StoreError('InvalidRequest', `"${offset}" is no offset of this store`);
  return { id, part: Number(part) };
}
