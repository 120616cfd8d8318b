import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedQuery, Offset, OpOptions, StreamKey } from '@stategate/journal-spi';
import { decodePacked, feedPages, throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { Call, FeedStep } from '@stategate/journal-spi/kit';
import { feedPartition, newestEntry, pointersOf } from './feed-log.ts';
import type { Pointer } from './feed-log.ts';
import { META, numbered, numberOf, textOf } from './items.ts';
import { TUNING } from './limits.ts';
import { sealAfter, Stream } from './stream.ts';
import type { Table } from './table.ts';

/** How long an append of another process may go unseen; those of this one ring. */
const POLL_MS = 500;
/** How often a commit is looked for whose pointer is there already. */
const LOOK_AGAIN_MS = 20;
/** How long such a commit may keep readers waiting before they take its place: it then lands behind. */
const GRACE_MS = 2000;
const ENTRIES_AT_ONCE = 20;
const COMMITS_AT_ONCE = 8;

/** What comes next: entry of the feed log, pointer in it, event of its commit. */
interface Position {
  readonly entry: number;
  readonly pointer: number;
  readonly event: number;
}

/**
 * Goes through the feed log entry by entry. A pointer whose place in the log of its stream is taken is settled for good: by its own
 * commit, which is read, or by another one. One whose place is free may be an append under way, or what a crash left: readers wait
 * for it, and after a while take the place themselves, with a commit of nothing. So no event turns up behind an offset.
 */
export function createFeed(table: Table): ChangeFeed {
  return {
    async *read(query, options) {
      validateFeed(query);
      const newest = await newestIn(query.namespace, options);
      const start = positionOf(query.after, newest);
      const steps = stepsFrom(start, query, query.live ? Infinity : newest, options);
      yield* feedPages(query, TUNING.page, format(start), steps);
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      return format(beginningOf((await newestIn(namespace, options)) + 1));
    },
  };

  function newestIn(namespace: string, options: OpOptions): Promise<number> {
    return table.calls.run('read', options, (call) => newestEntry(table, feedPartition(namespace), call));
  }

  async function* stepsFrom(
    start: Position,
    query: FeedQuery,
    end: number,
    options: OpOptions,
  ): AsyncGenerator<FeedStep | 'idle'> {
    let next = start;
    while (next.entry <= end) {
      throwIfOver(options);
      const { items } = await table.calls.run('read', options, (call) =>
        table.query(feedPartition(query.namespace), { from: numbered(next.entry), limit: ENTRIES_AT_ONCE }, call),
      );
      if (items.length === 0) {
        if (!query.live) throw missing(next.entry);
        yield 'idle';
        await table.bell.wait(POLL_MS, options);
      }
      for (const item of items) {
        const entry = Number(textOf(item, 'sk'));
        if (entry > end) return;
        if (entry !== next.entry) throw missing(next.entry);
        yield* stepsOf(pointersOf(item), next, query, options);
        next = beginningOf(entry + 1);
      }
    }
  }

  /** Those of one entry, a step for each pointer. */
  async function* stepsOf(
    pointers: readonly Pointer[],
    start: Position,
    query: FeedQuery,
    options: OpOptions,
  ): AsyncGenerator<FeedStep | 'idle'> {
    let next = start;
    let waitingSince: number | undefined;
    while (next.pointer < pointers.length) {
      throwIfOver(options);
      const from = next;
      const group = pointers.slice(from.pointer, from.pointer + COMMITS_AT_ONCE);
      const steps = await table.calls.run('read', options, (call) =>
        Promise.all(
          group.map((pointer, index) => {
            const at = index === 0 ? from : { ...from, pointer: from.pointer + index, event: 0 };
            return stepOf(pointer, at, at.pointer + 1 === pointers.length, query, call);
          }),
        ),
      );
      for (const [index, pointer] of group.entries()) {
        const step = steps[index];
        if (step === undefined) {
          yield 'idle';
          waitingSince ??= performance.now();
          if (performance.now() - waitingSince > GRACE_MS) await settle(query.namespace, pointer, options);
          await table.bell.wait(LOOK_AGAIN_MS, options);
          break;
        }
        waitingSince = undefined;
        yield step;
        next = { ...next, pointer: next.pointer + 1, event: 0 };
      }
    }
  }

  /** The events of a pointer's commit that were not deleted; none when its place has another one, undefined when it is free. */
  async function stepOf(
    pointer: Pointer,
    at: Position,
    isLast: boolean,
    { namespace, persistenceId }: FeedQuery,
    call: Call,
  ): Promise<FeedStep | undefined> {
    const behind = isLast ? beginningOf(at.entry + 1) : { ...at, pointer: at.pointer + 1, event: 0 };
    const passed = { events: [], offset: () => format(behind) };
    const key = streamOf(namespace, pointer);
    if (persistenceId !== undefined && persistenceId !== key.persistenceId) return passed;
    const stream = new Stream(table, key);
    const [item, meta = {}] = await Promise.all([
      table.get({ pk: stream.pk, sk: numbered(pointer[2]) }, call),
      table.get({ pk: stream.pk, sk: META }, call, 'd'),
    ]);
    if (item === undefined) return undefined;
    if (numberOf(item, 'g') !== at.entry) return passed;
    const record = await stream.record(item, call);
    const all = decodePacked(record.body, record.first, record.epoch, record.at);
    const deletedTo = numberOf(meta, 'd');
    const events = all
      .slice(at.event)
      .filter(({ sequenceNr }) => sequenceNr > deletedTo)
      .map((event): FeedEvent => ({ ...event, stream: key }));
    const hidden = all.length - events.length;
    return {
      events,
      offset: (count) => format(count === events.length ? behind : { ...at, event: hidden + count }),
    };
  }

  /** A store that was opened only to read cannot: then the feed ends here. */
  function settle(namespace: string, pointer: Pointer, options: OpOptions): Promise<void> {
    return table.calls.run('write', options, async (call) => {
      const stream = new Stream(table, streamOf(namespace, pointer));
      const newest = await stream.newest(call);
      if (newest.number + 1 === pointer[2]) await stream.take(sealAfter(newest, newest.epoch), {}, call);
    });
  }
}

function missing(entry: number): StoreError {
  return new StoreError('IntegrityError', `entry ${entry} of the feed is missing`);
}

function streamOf(namespace: string, [persistenceId, entityId]: Pointer): StreamKey {
  return { namespace, persistenceId, entityId };
}

function beginningOf(entry: number): Position {
  return { entry, pointer: 0, event: 0 };
}

function format({ entry, pointer, event }: Position): Offset {
  return `${entry}.${pointer}.${event}`;
}

function positionOf(after: Offset = '1.0.0', newest: number): Position {
  const [, entry, pointer, event] = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(after) ?? [];
  if (entry === undefined) throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
  if (Number(entry) <= newest + 1) return { entry: Number(entry), pointer: Number(pointer), event: Number(event) };
  throw new StoreError(
    'OffsetExpired',
    `the store cannot go on after offset ${after}: its feed is at ${newest}. Was it restored from a backup?`,
  );
}
