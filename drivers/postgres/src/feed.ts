import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedQuery, Offset, OpOptions } from '@stategate/journal-spi';
import { validateFeed } from '@stategate/journal-spi/kit';
import type { Bell } from '@stategate/journal-spi/kit';
import type { Connection, Statement } from './connection.ts';
import { TUNING } from './limits.ts';
import { fromText, toText } from './names.ts';
import type { EventRow } from './statements.ts';
import { feedOf, toEvent } from './streams.ts';
import type { QueryBuilder } from './tables.ts';

/** How long an append of another process may go unseen; those of this one ring. */
const POLL_MS = 150;
/** How often it is asked whether the transactions that are under way have ended. */
const SETTLE_POLL_MS = 20;
/** How many events, also those of streams that nobody asked for, one statement looks at. */
const WINDOW = 5000;

/** Behind an event of a transaction; with zeros behind all earlier transactions. */
interface Position {
  readonly tx: bigint;
  readonly sid: number;
  readonly seq: number;
}

/**
 * Events by transaction, in each by stream. A transaction is passed only when no earlier one is under way any more: numbers are
 * given out at a transaction's first write, but what it wrote is seen at its commit.
 */
export function createFeed(connection: Connection, builder: QueryBuilder, bell: Bell): ChangeFeed {
  const statements = feedStatements(builder);

  return {
    async *read(query, options) {
      validateFeed(query);
      let position = fromOffset(query.after);
      const end = query.live ? undefined : await settled(query.namespace, options);
      for (;;) {
        const until = end ?? (await horizonOf(query.namespace, options)).horizon;
        if (position.tx > until) {
          const where = `after offset ${toOffset(position)}: it is at transaction ${until}`;
          throw new StoreError('OffsetExpired', `the store cannot go on ${where}. Was it restored from a backup?`);
        }
        const { events, last } = await page(position, until, query, options);
        const reached = last ?? { tx: until, sid: 0, seq: 0 };
        // Without events only when it has caught up: a reader who stores that does not go through others' events again.
        if (events.length > 0 || (last === undefined && position.tx < until)) {
          yield { events, checkpoint: toOffset(reached) };
        }
        position = reached;
        if (last !== undefined) continue;
        if (end !== undefined) return;
        await bell.wait(POLL_MS, options);
      }
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      return toOffset({ tx: await settled(namespace, options), sid: 0, seq: 0 });
    },
  };

  /** The transaction before which all have ended, and that of the newest event that can be seen. */
  async function horizonOf(namespace: string, options: OpOptions): Promise<{ horizon: bigint; newest: bigint }> {
    const [row] = await connection.run('read', statements.horizon, [feedOf(namespace)], options);
    const [horizon = 0n, next = 0n, newest = 0n] = (row ?? []).map((text) => BigInt(text ?? 0));
    if (newest < next) return { horizon, newest };
    const wayOut = `stop all writers, then UPDATE ${builder.table('event')} SET tx = pg_current_xact_id()`;
    throw new StoreError(
      'IntegrityError',
      `the events in ${connection.location} have transactions of another server (were they restored from a dump?): ${wayOut}`,
    );
  }

  /** The horizon, as soon as everything that can be seen now lies before it. */
  async function settled(namespace: string, options: OpOptions): Promise<bigint> {
    const { deadline = performance.now() + connection.timeoutMs } = options;
    for (;;) {
      const { horizon, newest } = await horizonOf(namespace, options);
      if (newest < horizon) return horizon;
      await bell.wait(SETTLE_POLL_MS, { ...options, deadline });
      if (performance.now() < deadline) continue;
      throw new StoreError(
        'StoreUnavailable',
        `the feed of ${connection.location} has to wait for a transaction that began before the newest events (see backend_xid in pg_stat_activity)`,
      );
    }
  }

  /** `last`: how far it has looked; undefined when nothing is ahead. */
  async function page(
    { tx, sid, seq }: Position,
    until: bigint,
    { namespace, persistenceId, pageEvents = TUNING.page.events }: FeedQuery,
    options: OpOptions,
  ): Promise<{ events: readonly FeedEvent[]; last: Position | undefined }> {
    const id = persistenceId === undefined ? null : toText(persistenceId);
    const ahead = [feedOf(namespace), String(tx), sid, seq, String(until), WINDOW];
    const values = [...ahead, toText(namespace), id, pageEvents, TUNING.page.bytes];
    const rows = await connection.run('read', statements.page, values, options);
    const events = rows.flatMap(([, , pid, entityId, ...row]) => {
      if (pid === null) return [];
      return { stream: { namespace, persistenceId: fromText(pid), entityId: fromText(entityId) }, ...toEvent(row) };
    });
    const last = rows.at(-1);
    return { events, last: last && { tx: BigInt(last[0]), sid: last[1], seq: last[4] } };
  }
}

/** Transactions go to and fro as text: a number may not hold them. */
function feedStatements({ table }: QueryBuilder) {
  const horizon: Statement<readonly [horizon: string, next: string, newest: string | null]> = {
    name: 'stategate_feed_horizon',
    text: `SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text,
      (SELECT tx FROM ${table('event')} WHERE feed = $1::int4 ORDER BY tx DESC LIMIT 1)::text FROM pg_current_snapshot() s`,
  };
  /**
   * The events are found first, by their index, and then the stream of each: OFFSET 0 keeps the planner from other ideas. The last of
   * the window comes in any case, only as a position where it was not asked for: so it is known how far the window went. `tx` without
   * its table would be the text, which has another order.
   */
  const page: Statement<
    readonly [tx: string, sid: number, persistenceId: string | null, entityId: string, ...EventRow]
  > = {
    name: 'stategate_feed_page',
    text: `SELECT found.tx::text, sid, persistence_id, entity_id, seq, epoch, at, manifest, payload, meta
      FROM (
        SELECT e.tx, e.sid, e.seq, asked.*, row_number() OVER w AS nth, sum(
          octet_length(asked.payload) + coalesce(octet_length(asked.meta), 0) + octet_length(asked.manifest)
        ) OVER w AS upto
        FROM (
          SELECT *, row_number() OVER (ORDER BY tx, sid, seq ROWS UNBOUNDED PRECEDING) AS place FROM ${table('event')}
          WHERE feed = $1::int4 AND (tx, sid, seq) > ($2::text::xid8, $3::int8, $4::int8) AND tx < $5::text::xid8
          ORDER BY tx, sid, seq LIMIT $6::int8
        ) e
        LEFT JOIN LATERAL (
          SELECT s.persistence_id, s.entity_id, e.epoch, e.at, e.manifest, e.payload, e.meta FROM ${table('stream')} s
          WHERE s.sid = e.sid AND s.namespace = $7::text AND ($8::text IS NULL OR s.persistence_id = $8::text) OFFSET 0
        ) asked ON true
        WHERE asked.payload IS NOT NULL OR e.place = $6::int8
        WINDOW w AS (ORDER BY e.tx, e.sid, e.seq ROWS UNBOUNDED PRECEDING) ORDER BY e.tx, e.sid, e.seq LIMIT $9::int8
      ) found WHERE nth = 1 OR upto <= $10::int8 ORDER BY found.tx, sid, seq`,
  };
  return { horizon, page };
}

function toOffset({ tx, sid, seq }: Position): Offset {
  return `${tx}-${sid}-${seq}`;
}

function fromOffset(after: Offset = '0-0-0'): Position {
  const [, tx, sid, seq] = /^(\d{1,19})-(\d{1,15})-(\d{1,16})$/.exec(after) ?? [];
  if (tx !== undefined) return { tx: BigInt(tx), sid: Number(sid), seq: Number(seq) };
  throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
}
