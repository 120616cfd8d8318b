import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedQuery, Offset, OpOptions } from '@stategate/journal-spi';
import { throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
import type { Bell } from '@stategate/journal-spi/kit';
import type { Connection, Statement } from './connection.ts';
import { TUNING } from './limits.ts';
import { fromText, toText } from './names.ts';
import { feedOf, toEvent } from './streams.ts';
import type { EventRow } from './statements.ts';
import type { QueryBuilder } from './tables.ts';

/** How long an append of another process may go unseen; those of this one ring. */
const POLL_MS = 150;
/** How often it is asked whether the transactions that are under way have ended. */
const SETTLE_POLL_MS = 20;
/** How many events, also those of streams that nobody asked for, one statement looks at. */
const WINDOW = 5000;

const MAX_TRANSACTION = 2n ** 64n - 1n;

/** Behind the event `ord` of a transaction; behind all earlier transactions when `ord` is 0. */
interface Position {
  readonly tx: bigint;
  readonly ord: number;
}

/**
 * Events by transaction and, in each, in the order of writing. A transaction is passed only when no earlier one is under way
 * any more: numbers are given out at a transaction's first write, but seen by others at its commit.
 */
export function createFeed(connection: Connection, builder: QueryBuilder, bell: Bell): ChangeFeed {
  const { horizon, window, page } = feedStatements(builder);

  return {
    async *read(query, options) {
      connection.enter('read', options);
      validateFeed(query);
      const feed = feedOf(query.namespace);
      let position = fromOffset(query.after);
      const end = query.live ? undefined : await settled(feed, options);
      for (;;) {
        throwIfOver(options);
        const until = end ?? (await horizonNow(feed, options)).horizon;
        if (position.tx > until) throw expired(position, until);
        const last = await lastOf(feed, position, until, options);
        const events = await eventsBetween(position, last, query, options);
        const reached = events.at(-1)?.position ?? last;
        const caughtUp = events.length === 0 && last.tx === until;
        // Without events only when it has caught up: a reader who stores that does not go through others' events again.
        if (events.length > 0 || (caughtUp && position.tx < until)) {
          yield { events: events.map(({ event }) => event), checkpoint: toOffset(reached) };
        }
        position = reached;
        if (!caughtUp) continue;
        if (end !== undefined) return;
        await bell.wait(POLL_MS, options);
      }
    },

    async now(namespace, options) {
      connection.enter('read', options);
      validateFeed({ namespace, live: false });
      return toOffset({ tx: await settled(feedOf(namespace), options), ord: 0 });
    },
  };

  /** All transactions before it have ended. */
  async function horizonNow(
    feed: number,
    options: OpOptions,
  ): Promise<{ readonly horizon: bigint; readonly newest: bigint }> {
    const [row] = await connection.run('read', horizon, [feed], options);
    const [least, next, newest] = (row ?? []).map((text) => BigInt(text ?? 0));
    if (least === undefined || next === undefined || newest === undefined)
      throw new Error('the server has no snapshot');
    if (newest < next) return { horizon: least, newest };
    throw new StoreError(
      'IntegrityError',
      `the events in ${connection.location} have transactions of another server (restored from a dump?): stop all writers, then UPDATE ${builder.table('event')} SET tx = pg_current_xact_id()`,
    );
  }

  /** The horizon, as soon as everything that can be read now lies before it. */
  async function settled(feed: number, options: OpOptions): Promise<bigint> {
    const limits = { ...options, deadline: options.deadline ?? performance.now() + connection.timeoutMs };
    for (;;) {
      const { horizon: reached, newest } = await horizonNow(feed, limits);
      if (newest < reached) return reached;
      await bell.wait(SETTLE_POLL_MS, limits);
      if (performance.now() < limits.deadline) throwIfOver(limits);
      else {
        const why =
          'a transaction that began before the newest events is still under way (see pg_stat_activity.backend_xid)';
        throw new StoreError('StoreUnavailable', `the feed of ${connection.location} has to wait: ${why}`);
      }
    }
  }

  /** Where to stop for now: the end of a window, or the horizon. */
  async function lastOf(feed: number, { tx, ord }: Position, until: bigint, options: OpOptions): Promise<Position> {
    const values = [feed, String(tx), ord, String(until), WINDOW - 1];
    const [row] = await connection.run('read', window, values, options);
    return row === undefined ? { tx: until, ord: 0 } : { tx: BigInt(row[0]), ord: row[1] };
  }

  async function eventsBetween(
    after: Position,
    last: Position,
    { namespace, persistenceId, pageEvents = TUNING.page.events }: FeedQuery,
    options: OpOptions,
  ): Promise<readonly { readonly position: Position; readonly event: FeedEvent }[]> {
    const id = persistenceId === undefined ? null : toText(persistenceId);
    const between = [String(after.tx), after.ord, String(last.tx), last.ord];
    const values = [feedOf(namespace), ...between, toText(namespace), id, pageEvents, TUNING.page.bytes];
    const rows = await connection.run('read', page, values, options);
    return rows.map(([tx, ord, pid, entityId, ...event]) => {
      const stream = { namespace, persistenceId: fromText(pid), entityId: fromText(entityId) };
      return { position: { tx: BigInt(tx), ord }, event: { stream, ...toEvent(event) } };
    });
  }
}

function feedStatements({ table }: QueryBuilder) {
  const [event, stream] = [table('event'), table('stream')];
  /** Transactions are compared as `xid8`: a number here may not hold them. */
  const horizon: Statement<readonly [least: string, next: string, newest: string | null]> = {
    name: 'stategate_horizon',
    text: `SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text,
      (SELECT tx::text FROM ${event} WHERE feed = $1::int4 ORDER BY tx DESC LIMIT 1) FROM pg_current_snapshot() s`,
  };
  const window: Statement<readonly [tx: string, ord: number]> = {
    name: 'stategate_feed_window',
    text: `SELECT tx::text, ord FROM ${event} WHERE feed = $1::int4 AND (tx, ord) > ($2::text::xid8, $3::int8) AND tx < $4::text::xid8
      ORDER BY tx, ord OFFSET $5::int8 LIMIT 1`,
  };
  const page: Statement<readonly [tx: string, ord: number, persistenceId: string, entityId: string, ...EventRow]> = {
    name: 'stategate_feed_page',
    text: `SELECT tx::text, ord, persistence_id, entity_id, seq, epoch, at, manifest, payload, meta FROM (
        SELECT tx, ord, persistence_id, entity_id, seq, e.epoch, at, manifest, payload, meta, row_number() OVER w AS nth,
          sum(octet_length(payload) + coalesce(octet_length(meta), 0) + octet_length(manifest)) OVER w AS upto
        FROM (
          SELECT * FROM ${event} WHERE feed = $1::int4 AND (tx, ord) > ($2::text::xid8, $3::int8)
          AND (tx, ord) <= ($4::text::xid8, $5::int8) ORDER BY tx, ord OFFSET 0
        ) e JOIN ${stream} s USING (sid)
        WHERE namespace = $6::text AND ($7::text IS NULL OR persistence_id = $7::text)
        WINDOW w AS (ORDER BY tx, ord) ORDER BY tx, ord LIMIT $8::int8
      ) page WHERE nth = 1 OR upto <= $9::int8 ORDER BY tx, ord`,
  };
  return { horizon, window, page };
}

function toOffset({ tx, ord }: Position): Offset {
  return `${tx}-${ord}`;
}

function fromOffset(after: Offset = '0-0'): Position {
  const [, tx, ord] = /^(\d{1,20})-(\d{1,15})$/.exec(after) ?? [];
  if (tx !== undefined && BigInt(tx) <= MAX_TRANSACTION) return { tx: BigInt(tx), ord: Number(ord) };
  throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
}

function expired(after: Position, until: bigint): StoreError {
  return new StoreError(
    'OffsetExpired',
    `the store cannot go on after offset ${toOffset(after)}: it is at transaction ${until}. Was it restored from a backup?`,
  );
}
