import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedQuery, Offset, OpOptions } from '@stategate/journal-spi';
import { throwIfOver, validateFeed } from '@stategate/journal-spi/kit';
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

const MAX_TRANSACTION = 2n ** 64n - 1n;

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
      throwIfOver(options);
      validateFeed(query);
      let position = fromOffset(query.after);
      const end = query.live ? undefined : await settled(query.namespace, options);
      for (;;) {
        throwIfOver(options);
        const until = end ?? (await horizonOf(query.namespace, options)).horizon;
        if (position.tx > until) throw expired(position, until);
        const found = await page(position, until, query, options);
        const reached = found.at(-1)?.position ?? (await endOfWindow(position, until, query, options));
        const caughtUp = found.length === 0 && reached.tx === until;
        // Without events only when it has caught up: a reader who stores that does not go through others' events again.
        if (found.length > 0 || (caughtUp && position.tx < until)) {
          yield { events: found.map(({ event }) => event), checkpoint: toOffset(reached) };
        }
        position = reached;
        if (!caughtUp) continue;
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
    const { signal, deadline = performance.now() + connection.timeoutMs } = options;
    for (;;) {
      const { horizon, newest } = await horizonOf(namespace, options);
      if (newest < horizon) return horizon;
      await bell.wait(SETTLE_POLL_MS, { ...options, deadline });
      if (signal?.aborted) throwIfOver(options);
      if (performance.now() < deadline) continue;
      throw new StoreError(
        'StoreUnavailable',
        `the feed of ${connection.location} has to wait for a transaction that began before the newest events (see backend_xid in pg_stat_activity)`,
      );
    }
  }

  async function page(
    { tx, sid, seq }: Position,
    until: bigint,
    { namespace, persistenceId, pageEvents = TUNING.page.events }: FeedQuery,
    options: OpOptions,
  ): Promise<readonly { readonly position: Position; readonly event: FeedEvent }[]> {
    const id = persistenceId === undefined ? null : toText(persistenceId);
    const after = [feedOf(namespace), String(tx), sid, seq, String(until), WINDOW];
    const values = [...after, toText(namespace), id, pageEvents, TUNING.page.bytes];
    const rows = await connection.run('read', statements.page, values, options);
    return rows.map(([rowTx, rowSid, pid, entityId, ...row]) => {
      const stream = { namespace, persistenceId: fromText(pid), entityId: fromText(entityId) };
      return { position: { tx: BigInt(rowTx), sid: rowSid, seq: row[0] }, event: { stream, ...toEvent(row) } };
    });
  }

  /** How far a page without events has looked. */
  async function endOfWindow(
    { tx, sid, seq }: Position,
    until: bigint,
    { namespace }: FeedQuery,
    options: OpOptions,
  ): Promise<Position> {
    const values = [feedOf(namespace), String(tx), sid, seq, String(until), WINDOW - 1];
    const [row] = await connection.run('read', statements.endOfWindow, values, options);
    return row === undefined ? { tx: until, sid: 0, seq: 0 } : { tx: BigInt(row[0]), sid: row[1], seq: row[2] };
  }
}

/** Transactions go to and fro as text: a number may not hold them. */
function feedStatements({ table }: QueryBuilder) {
  const from = `FROM ${table('event')} e WHERE e.feed = $1::int4`;
  const ahead = `${from} AND (e.tx, e.sid, e.seq) > ($2::text::xid8, $3::int8, $4::int8) AND e.tx < $5::text::xid8
    ORDER BY e.tx, e.sid, e.seq`;

  const horizon: Statement<readonly [horizon: string, next: string, newest: string | null]> = {
    name: 'stategate_feed_horizon',
    text: `SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text,
      (SELECT e.tx ${from} ORDER BY e.tx DESC LIMIT 1)::text FROM pg_current_snapshot() s`,
  };
  const endOfWindow: Statement<readonly [tx: string, sid: number, seq: number]> = {
    name: 'stategate_feed_window',
    text: `SELECT e.tx::text, e.sid, e.seq ${ahead} OFFSET $6::int8 LIMIT 1`,
  };
  /** The events are found first, by their index, and then the stream of each: OFFSET 0 keeps the planner from other ideas. */
  const page: Statement<readonly [tx: string, sid: number, persistenceId: string, entityId: string, ...EventRow]> = {
    name: 'stategate_feed_page',
    text: `SELECT e.tx::text, e.sid, e.persistence_id, e.entity_id, e.seq, e.epoch, e.at, e.manifest, e.payload, e.meta
      FROM (
        SELECT e.*, s.persistence_id, s.entity_id, row_number() OVER w AS nth,
          sum(octet_length(e.payload) + coalesce(octet_length(e.meta), 0) + octet_length(e.manifest)) OVER w AS upto
        FROM (SELECT * ${ahead} LIMIT $6::int8) e
        CROSS JOIN LATERAL (SELECT * FROM ${table('stream')} s WHERE s.sid = e.sid OFFSET 0) s
        WHERE s.namespace = $7::text AND ($8::text IS NULL OR s.persistence_id = $8::text)
        WINDOW w AS (ORDER BY e.tx, e.sid, e.seq) ORDER BY e.tx, e.sid, e.seq LIMIT $9::int8
      ) e WHERE e.nth = 1 OR e.upto <= $10::int8 ORDER BY e.tx, e.sid, e.seq`,
  };
  return { horizon, endOfWindow, page };
}

function toOffset({ tx, sid, seq }: Position): Offset {
  return `${tx}-${sid}-${seq}`;
}

function fromOffset(after: Offset = '0-0-0'): Position {
  const [, tx, sid, seq] = /^(\d{1,20})-(\d{1,15})-(\d{1,16})$/.exec(after) ?? [];
  if (tx !== undefined && BigInt(tx) <= MAX_TRANSACTION) return { tx: BigInt(tx), sid: Number(sid), seq: Number(seq) };
  throw new StoreError('InvalidRequest', `"${after}" is no offset of this store`);
}

function expired(after: Position, until: bigint): StoreError {
  return new StoreError(
    'OffsetExpired',
    `the store cannot go on after offset ${toOffset(after)}: it is at transaction ${until}. Was it restored from a backup?`,
  );
}
