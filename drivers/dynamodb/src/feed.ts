import { StoreError } from '@stategate/journal-spi';
import type {
  ChangeFeed,
  FeedEvent,
  FeedQuery,
  Offset,
  OpOptions,
  StoredEvent,
  StreamKey,
} from '@stategate/journal-spi';
import { decodePacked, payloadBytes, throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { Bell, Call } from '@stategate/journal-spi/kit';
import { loadBody } from './bodies.ts';
import { newestCommit, sealAfter, takePlace, toCommit } from './commits.ts';
import { newestEntry, pointersOf } from './feed-log.ts';
import type { Pointer } from './feed-log.ts';
import { META, numbered, numberOf, partition, streamPartition, textOf } from './items.ts';
import { TUNING } from './limits.ts';
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

/** One event, or something that was passed over; `idle` when there is nothing more for now. */
type Step = { readonly event?: FeedEvent; readonly next: Position } | 'idle';

/**
 * Goes through the feed log entry by entry. A pointer whose place in the log of its stream is taken is settled for good: by its own
 * commit, which is read, or by another one. One whose place is free may be an append under way, or what a crash left: readers wait
 * for it, and after a while take the place themselves, with a commit of nothing. So no event turns up behind an offset.
 */
export function createFeed(table: Table, bell: Bell): ChangeFeed {
  return {
    async *read(query, options) {
      validateFeed(query);
      const most = query.pageEvents ?? TUNING.page.events;
      const newest = await table.calls.run('read', options, (call) => newestEntry(table, logOf(query), call));
      let next = positionOf(query.after, newest);
      let checkpoint = format(next);
      let events: FeedEvent[] = [];
      let size = 0;
      function page() {
        const full = { events, checkpoint: format(next) };
        ({ checkpoint } = full);
        events = [];
        size = 0;
        return full;
      }
      for await (const step of steps(query, next, query.live ? Infinity : newest, options)) {
        if (step === 'idle') {
          if (format(next) !== checkpoint) yield page();
          continue;
        }
        if (step.event !== undefined) {
          const bytes = payloadBytes(step.event);
          if (events.length === most || (events.length > 0 && size + bytes > TUNING.page.bytes)) yield page();
          events.push(step.event);
          size += bytes;
        }
        ({ next } = step);
      }
      if (format(next) !== checkpoint) yield page();
    },

    now: (namespace, options) =>
      table.calls.run('read', options, async (call) => {
        validateFeed({ namespace, live: false });
        return format({ entry: (await newestEntry(table, logOf({ namespace }), call)) + 1, pointer: 0, event: 0 });
      }),
  };

  async function* steps(query: FeedQuery, from: Position, end: number, options: OpOptions): AsyncGenerator<Step> {
    let next = from;
    while (next.entry <= end) {
      throwIfOver(options);
      const entries = await table.calls.run('read', options, (call) =>
        table.query(logOf(query), { from: numbered(next.entry), limit: ENTRIES_AT_ONCE }, call),
      );
      if (entries.items.length === 0) {
        if (!query.live) throw missing(next.entry);
        yield 'idle';
        await bell.wait(POLL_MS, options);
      }
      for (const item of entries.items) {
        const entry = Number(textOf(item, 'sk'));
        if (entry > end) return;
        if (entry !== next.entry) throw missing(next.entry);
        for await (const step of stepsOf(query, pointersOf(item), next, options)) yield step;
        next = { entry: entry + 1, pointer: 0, event: 0 };
        yield { next };
      }
    }
  }

  /** Those of one entry. */
  async function* stepsOf(
    query: FeedQuery,
    pointers: readonly Pointer[],
    from: Position,
    options: OpOptions,
  ): AsyncGenerator<Step> {
    let next = from;
    let waitingSince: number | undefined;
    while (next.pointer < pointers.length) {
      throwIfOver(options);
      const group = pointers.slice(next.pointer, next.pointer + COMMITS_AT_ONCE);
      const commits = await table.calls.run('read', options, (call) =>
        Promise.all(
          group.map(async (pointer) => {
            const wanted = query.persistenceId === undefined || query.persistenceId === pointer[0];
            return wanted ? eventsOf(query.namespace, pointer, next.entry, call) : [];
          }),
        ),
      );
      for (const [index, pointer] of group.entries()) {
        const events = commits[index];
        if (events === undefined) {
          yield 'idle';
          waitingSince ??= performance.now();
          if (performance.now() - waitingSince > GRACE_MS) await settle(query.namespace, pointer, options);
          await bell.wait(LOOK_AGAIN_MS, options);
          break;
        }
        waitingSince = undefined;
        for (const event of events.slice(next.event)) {
          next = { ...next, event: next.event + 1 };
          yield event === undefined
            ? { next }
            : { next, event: { ...event, stream: streamOf(query.namespace, pointer) } };
        }
        next = { ...next, pointer: next.pointer + 1, event: 0 };
      }
    }
  }

  /** The events of a pointer's commit, without those that were deleted; none when its place has another one, undefined when it is free. */
  async function eventsOf(
    namespace: string,
    pointer: Pointer,
    entry: number,
    call: Call,
  ): Promise<readonly (StoredEvent | undefined)[] | undefined> {
    const pk = streamPartition(streamOf(namespace, pointer));
    const [item, meta = {}] = await Promise.all([
      table.get({ pk, sk: numbered(pointer[2]) }, call),
      table.get({ pk, sk: META }, call, 'd'),
    ]);
    if (item === undefined) return undefined;
    const { first, epoch, fed } = toCommit(item);
    if (fed !== entry) return [];
    const body = await loadBody(table, item, call);
    if (body === undefined) throw new StoreError('IntegrityError', `parts of event ${first} of ${pk} are missing`);
    const deletedTo = numberOf(meta, 'd');
    return decodePacked(body, first, epoch, numberOf(item, 'w')).map((event) =>
      event.sequenceNr > deletedTo ? event : undefined,
    );
  }

  /** A store that was opened only to read cannot: then the feed ends here. */
  function settle(namespace: string, pointer: Pointer, options: OpOptions): Promise<void> {
    return table.calls.run('write', options, async (call) => {
      const pk = streamPartition(streamOf(namespace, pointer));
      const newest = await newestCommit(table, pk, call);
      if (newest.number + 1 === pointer[2])
        await takePlace(table, pk, sealAfter(newest, newest.epoch), {}, call, 'seal');
    });
  }
}

function missing(entry: number): StoreError {
  return new StoreError('IntegrityError', `entry ${entry} of the feed is missing`);
}

function logOf({ namespace }: Pick<FeedQuery, 'namespace'>): string {
  return partition('feed', namespace);
}

function streamOf(namespace: string, [persistenceId, entityId]: Pointer): StreamKey {
  return { namespace, persistenceId, entityId };
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
