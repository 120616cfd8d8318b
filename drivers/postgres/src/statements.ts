import type { Statement } from './connection.ts';
import type { QueryBuilder } from './tables.ts';

/** Its position in the call, from 1 on. */
type Position = number;

export type HeadRow = readonly [head: number, deletedTo: number, epoch: number];
export type EventRow = readonly [
  seq: number,
  epoch: number,
  at: number,
  manifest: string,
  payload: Buffer,
  meta: Buffer | null,
];
/** A head (`h`: head, epoch, deleted to), a snapshot (`s`: sequence number, none, when) or an event (`e`) of a recovery. */
export type RecoveredRow = readonly [position: Position, kind: 'h' | 's' | 'e', ...EventRow];

/** What the stream's events took before this one. */
const BEFORE = '(e.bytes - octet_length(e.payload) - coalesce(octet_length(e.meta), 0) - octet_length(e.manifest))';
/** Whether there is an entry: it was not deleted, and its time is not over. */
const LIVE = '(v.payload IS NOT NULL AND (v.expires_at IS NULL OR v.expires_at > now()))';
/** What is sent for a condition is its place here. */
export const CONDITIONS = ['any', 'absent', 'exists', 'rev'] as const;
const MET = { any: 'true', absent: `NOT ${LIVE}`, exists: LIVE, rev: `${LIVE} AND v.rev = ${nth(6)}` };
const EVENT = 'e.seq, e.epoch, e.at, e.manifest, e.payload, e.meta';

/** What each call sends, prepared. Arrays hold one element for each request, so that a group is one statement and one commit. */
export type Statements = ReturnType<typeof createStatements>;

export function createStatements({ table }: QueryBuilder) {
  const [stream, event, snapshot, value] = [table('stream'), table('event'), table('snapshot'), table('value')];

  const sid = `(SELECT sid FROM ${stream} WHERE key = $1::text)`;
  /** Events from `$2` to `$3`, both included: as many as `$4` bytes hold, but at least one. */
  const page = (range: string, order: string, [upTo, before]: readonly [string, string]) => `
    SELECT ${EVENT} FROM ${event} e WHERE e.sid = ${sid} AND e.seq BETWEEN ${range} AND (e.seq = $2::int8 OR
      ${upTo} - ${before} <= $4::int8) ORDER BY e.seq ${order}`;
  const first = (bytes: string) => `(SELECT ${bytes} FROM ${event} e WHERE e.sid = ${sid} AND e.seq = $2::int8)`;

  /**
   * Those that follow their head, under no lower epoch than its. Per request: key, expected; the epoch of all; per request: token, bytes
   * of all its events, manifest, payload and meta of the first. `longer`, for groups in which some have more than one event, also takes
   * how many events, bytes of the first, which of those after the first are its own: from where on; then those: manifest, payload, meta,
   * bytes up to it. Numbers are picked from their arrays: `unnest` costs more. Null says that all were written.
   */
  function append(name: string, longer: boolean): Statement<readonly [written: string | null]> {
    const count = longer ? nth(10) : '1';
    const others = `, others AS (
        INSERT INTO ${event} (sid, seq, at, epoch, bytes, feed, manifest, payload, meta)
        SELECT sid, generate_series(expected + 2, head), $9::int8, epoch, before + unnest(($16::int8[])[start:stop]), feed,
          unnest(($13::text[])[start:stop]), unnest(($14::bytea[])[start:stop]), unnest(($15::bytea[])[start:stop])
        FROM (
          SELECT *, ${nth(12)}::int4 AS start, (${nth(12)} + head - expected - 2)::int4 AS stop FROM moved WHERE head > expected + 1
        ) longer
      )`;
    return statement(
      name,
      `WITH moved AS (
        UPDATE ${stream} s SET head = s.head + ${count}, bytes = s.bytes + ${nth(5)}, epoch = $3::int8
        FROM unnest($1::text[], $4::text[], $6::text[], $7::bytea[], $8::bytea[])
          WITH ORDINALITY AS r (key, token, manifest, payload, meta, i)
        WHERE s.key = r.key AND s.head = ${nth(2)} AND s.epoch <= $3::int8
        RETURNING r.i, s.sid, s.head - ${count} AS expected, s.head, s.bytes - ${nth(5)} AS before, s.epoch, s.feed,
          r.token, r.manifest, r.payload, r.meta
      ), first AS (
        INSERT INTO ${event} (sid, seq, at, epoch, bytes, feed, token, manifest, payload, meta)
        SELECT sid, expected + 1, $9::int8, epoch, before + ${nth(longer ? 11 : 5)}, feed, token, manifest, payload, meta FROM moved
      )${longer ? others : ''}
      SELECT CASE WHEN count(*) < cardinality($1::text[]) THEN coalesce(array_agg(i)::text, '{}') END FROM moved`,
    );
  }

  return {
    append: append('append', false),
    appendLonger: append('append_longer', true),

    /** What stands where an append of this token, after this event, would be; with the last event of the append that is there. */
    look: statement<readonly [Position, head: number, epoch: number, known: boolean | null, last: number]>(
      'look',
      `SELECT i, head, epoch,
        (SELECT e.token = r.token FROM ${event} e WHERE e.sid = s.sid AND e.seq = r.expected + 1),
        coalesce((SELECT e.seq - 1 FROM ${event} e WHERE e.sid = s.sid AND e.seq > r.expected + 1 AND e.token IS NOT NULL
          ORDER BY e.seq LIMIT 1), head)
      FROM unnest($1::text[], $2::int8[], $3::text[]) WITH ORDINALITY AS r (key, expected, token, i)
      JOIN ${stream} s USING (key)`,
    ),

    /** Raises lower epochs, and makes what is not there. Touches nothing else. */
    seal: statement<readonly []>(
      'seal',
      `INSERT INTO ${stream} AS s (key, namespace, persistence_id, entity_id, epoch, feed)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::int8[])
        AS r (key, namespace, persistence_id, entity_id, epoch, feed)
      WHERE NOT EXISTS (SELECT FROM ${stream} s WHERE s.key = r.key AND s.epoch >= r.epoch)
      ON CONFLICT (key) DO UPDATE SET epoch = excluded.epoch WHERE s.epoch < excluded.epoch`,
    ),

    head: statement<HeadRow>('head', `SELECT head, deleted_to, epoch FROM ${stream} WHERE key = $1::text`),

    /** Per request: key, whether the newest snapshot is wanted, after which event to begin, most events, most bytes. */
    recover: statement<RecoveredRow>(
      'recover',
      `WITH found AS MATERIALIZED (
        SELECT r.i, s.sid, s.head, s.epoch, s.deleted_to, greatest(coalesce(n.seq, r.after), s.deleted_to) + 1 AS first,
          r.events, r.bytes, n.seq, n.at, n.manifest, n.payload, n.meta
        FROM unnest($1::text[], $2::int8[], $3::int8[], $4::int8[], $5::int8[])
          WITH ORDINALITY AS r (key, snapshot, after, events, bytes, i)
        JOIN ${stream} s USING (key)
        LEFT JOIN LATERAL (
          SELECT * FROM ${snapshot} n WHERE r.snapshot = 1 AND n.sid = s.sid ORDER BY n.seq DESC LIMIT 1
        ) n ON true
      )
      SELECT i, 'h', head, epoch, deleted_to, NULL, NULL::bytea, NULL::bytea FROM found
      UNION ALL SELECT i, 's', seq, 0, at, manifest, payload, meta FROM found WHERE seq IS NOT NULL
      UNION ALL SELECT f.i, 'e', ${EVENT} FROM found f CROSS JOIN LATERAL (
        SELECT ${BEFORE} AS before FROM ${event} e WHERE e.sid = f.sid AND e.seq = f.first OFFSET 0
      ) one CROSS JOIN LATERAL (
        SELECT ${EVENT} FROM ${event} e
        WHERE e.sid = f.sid AND e.seq BETWEEN f.first AND least(f.head, f.first + f.events - 1)
        AND (e.seq = f.first OR e.bytes - one.before <= f.bytes) ORDER BY e.seq
      ) e`,
    ),

    forward: statement<EventRow>('forward', page('$2::int8 AND $3::int8', 'ASC', ['e.bytes', first(BEFORE)])),
    backward: statement<EventRow>('backward', page('$3::int8 AND $2::int8', 'DESC', [first('e.bytes'), BEFORE])),

    /** Hides events; says of which stream and up to where. */
    hide: statement<readonly [sid: number, deletedTo: number]>(
      'hide',
      `UPDATE ${stream} SET deleted_to = greatest(deleted_to, least($2::int8, head)), epoch = $3::int8
      WHERE key = $1::text AND epoch <= $3::int8 RETURNING sid, deleted_to`,
    ),

    /** Removes hidden events, not all at once. */
    remove: statement<readonly [seq: number]>(
      'remove',
      `DELETE FROM ${event} WHERE sid = $1::int8 AND seq <= coalesce(
        (SELECT seq FROM ${event} WHERE sid = $1::int8 AND seq <= $2::int8 ORDER BY seq OFFSET $3::int8 - 1 LIMIT 1), $2::int8
      ) RETURNING seq`,
    ),

    /** Nothing under a lower epoch than the stream's: it is held until this is committed. Keeps the newest, as many as `$8` says. */
    saveSnapshot: statement<readonly [sid: number]>(
      'save_snapshot',
      `WITH owner AS (
        SELECT sid FROM ${stream} WHERE key = $1::text AND epoch <= $2::int8 FOR SHARE
      ), kept AS MATERIALIZED (
        SELECT seq FROM (SELECT seq FROM ${snapshot} JOIN owner USING (sid) UNION SELECT $3::int8) every
        ORDER BY seq DESC LIMIT $8::int8
      ), removed AS (
        DELETE FROM ${snapshot} n USING owner WHERE n.sid = owner.sid AND n.seq NOT IN (SELECT seq FROM kept)
      ), written AS (
        INSERT INTO ${snapshot} AS n (sid, seq, at, manifest, payload, meta)
        SELECT sid, $3::int8, $4::int8, $5::text, $6::bytea, $7::bytea FROM owner WHERE $3::int8 IN (SELECT seq FROM kept)
        ON CONFLICT (sid, seq) DO UPDATE
        SET at = excluded.at, manifest = excluded.manifest, payload = excluded.payload, meta = excluded.meta
      )
      SELECT sid FROM owner`,
    ),

    /**
     * Those whose condition is met, under no lower epoch than the entry's. Per request: place, key, epoch, token, condition, revision
     * for it, milliseconds to live, manifest, payload, meta.
     */
    put: statement<readonly [Position, rev: number, replaced: boolean]>(
      'put',
      `UPDATE ${value} v SET epoch = ${nth(3)}, written_epoch = ${nth(3)}, rev = v.rev + 1, token = r.token, replaced = ${LIVE},
        expires_at = clock_timestamp() + nullif(${nth(7)}, 0) * interval '1 millisecond',
        manifest = r.manifest, payload = r.payload, meta = r.meta
      FROM unnest($1::text[], $2::text[], $4::text[], $8::text[], $9::bytea[], $10::bytea[])
        WITH ORDINALITY AS r (place, key, token, manifest, payload, meta, i)
      WHERE v.place = r.place AND v.key = r.key AND v.epoch <= ${nth(3)} AND v.token IS DISTINCT FROM r.token
      AND CASE ${nth(5)} ${CONDITIONS.map((condition, n) => `WHEN ${n} THEN ${MET[condition]}`).join(' ')} END
      RETURNING r.i, v.rev, v.replaced`,
    ),

    lookAtValue: statement<
      readonly [
        Position,
        epoch: number,
        known: boolean | null,
        rev: number,
        deleted: boolean,
        live: boolean,
        replaced: boolean,
      ]
    >(
      'look_at_value',
      `SELECT r.i, v.epoch, v.token = r.token, v.rev, v.payload IS NULL, ${LIVE}, v.replaced
      FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS r (place, key, token, i)
      JOIN ${value} v USING (place, key)`,
    ),

    sealValue: statement<readonly []>(
      'seal_value',
      `INSERT INTO ${value} AS v (place, key, namespace, collection, epoch)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[]) AS r (place, key, namespace, collection, epoch)
      WHERE NOT EXISTS (SELECT FROM ${value} v WHERE v.place = r.place AND v.key = r.key AND v.epoch >= r.epoch)
      ON CONFLICT (place, key) DO UPDATE SET epoch = excluded.epoch WHERE v.epoch < excluded.epoch`,
    ),

    value: statement<
      readonly [
        sealed: number,
        live: boolean,
        rev: number,
        token: string,
        epoch: number,
        manifest: string,
        payload: Buffer,
        meta: Buffer | null,
      ]
    >(
      'value',
      `SELECT v.epoch, ${LIVE}, v.rev, v.token, v.written_epoch, v.manifest, v.payload, v.meta
      FROM ${value} v WHERE v.place = $1::text AND v.key = $2::text`,
    ),
  };
}

/** What a parameter holds for request `i`. */
function nth(parameter: number): string {
  return `($${parameter}::int8[])[i]`;
}

function statement<Row extends readonly unknown[]>(name: string, text: string): Statement<Row> {
  return { name: `stategate_${name}`, text };
}
