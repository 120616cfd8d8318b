import { EVENT, type Floor, indexes, KEYS, MOST_STREAMS, REPLAY_EVENTS, SNAPSHOT, TAIL } from '../workload.ts';

const PAGE = 500;
const CONNECTIONS = 10;
const TIMEOUT_MS = 15_000;
/** The stream that is replayed comes behind those that are appended to. */
const LONG = MOST_STREAMS + 1;

/** Plans by key, as in the driver: these tables are new, and the planner knows nothing about them. */
const SESSION = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'].map((name) => `SET enable_${name} = off`).join(';');

/** The driver's own tables, empty. */
const TABLES = `
  CREATE SCHEMA floor;
  ${['stream', 'event', 'snapshot', 'value'].map((name) => `CREATE TABLE floor.${name} (LIKE stategate.${name} INCLUDING ALL)`).join(';')};
  INSERT INTO floor.stream (key, namespace, persistence_id, entity_id, epoch, feed)
  SELECT md5(i::text), 'bench', 'notes', 'note-' || i, 1, 1 FROM generate_series(1, ${LONG}) AS i`;

const COLUMNS = 'sid, seq, at, epoch, bytes, feed, token, manifest, payload';
const AT = Date.now();
const TOKEN = 'a'.repeat(36);
/** One row of the event table's `COLUMNS` behind sid and seq, made by the server. */
const MADE = `${AT}, 1, 100 * head, 1, '${TOKEN}', '${EVENT.manifest}', decode(repeat('78', ${EVENT.payload.length}), 'hex')`;

const APPEND = {
  name: 'append',
  text: `
    WITH h AS (
      UPDATE floor.stream AS s SET head = s.head + 1, epoch = 1, bytes = s.bytes + 100
      FROM generate_series(1, $1::int) AS i WHERE s.sid = i RETURNING s.sid, s.head)
    INSERT INTO floor.event (${COLUMNS}) SELECT sid, head, ${MADE} FROM h`,
};
const APPEND_ONE = {
  name: 'append-one',
  text: `
    WITH h AS (UPDATE floor.stream SET head = head + 1, epoch = $2, bytes = bytes + 100 WHERE sid = $1 RETURNING sid, head)
    INSERT INTO floor.event (${COLUMNS}) SELECT sid, head, $3, $2, 100 * head, 1, $4, $5, $6 FROM h`,
};
const READ = {
  name: 'read',
  text: `SELECT seq, epoch, at, manifest, payload, meta FROM floor.event WHERE sid = $1 AND seq >= $2 ORDER BY seq LIMIT $3`,
};
const NEWEST = {
  name: 'newest',
  text: 'SELECT seq, at, manifest, payload, meta FROM floor.snapshot WHERE sid = $1 ORDER BY seq DESC LIMIT 1',
};
const PUT = {
  name: 'put',
  text: `
    INSERT INTO floor.value (place, key, namespace, collection, epoch, rev, written_epoch, token, manifest, payload)
    SELECT '\\x00', 'note-' || i, 'bench', 'notes', 1, 1, 1, '${TOKEN}', '${EVENT.manifest}',
      decode(repeat('78', ${EVENT.payload.length}), 'hex')
    FROM generate_series(1, ${KEYS}) AS i
    ON CONFLICT (place, key) DO UPDATE SET rev = value.rev + 1, token = excluded.token, payload = excluded.payload`,
};
const GET = {
  name: 'get',
  text: `SELECT rev, epoch, token, manifest, payload, meta FROM floor.value WHERE place = '\\x00' AND key = $1`,
};

/** What is written is made inside the server, by one statement; what is read comes through the driver's client library. */
export async function openPostgresFloor(connectionString: string): Promise<Floor> {
  const { default: pg } = await import('pg');
  const limits = { query_timeout: TIMEOUT_MS, connectionTimeoutMillis: TIMEOUT_MS };
  const client = new pg.Client({ connectionString, ...limits });
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS,
    ...limits,
    onConnect: async (connection) => void (await connection.query(SESSION)),
  });
  await client.connect();
  await client.query(SESSION);
  await client.query(TABLES);
  await client.query(
    `INSERT INTO floor.event (${COLUMNS}) SELECT ${LONG}, head, ${MADE} FROM generate_series(1, ${REPLAY_EVENTS}) AS head`,
  );
  await client.query('INSERT INTO floor.snapshot VALUES ($1, $2, $3, $4, $5)', [
    LONG,
    REPLAY_EVENTS - TAIL,
    AT,
    EVENT.manifest,
    SNAPSHOT,
  ]);
  let gets = 0;

  async function rows(statement: { name: string; text: string }, values: unknown[]): Promise<unknown[][]> {
    return (await client.query({ ...statement, values, rowMode: 'array' })).rows;
  }

  return {
    append: async (streams) => void (await rows(APPEND, [streams])),
    async read(from) {
      let count = 0;
      for (;;) {
        const page = await rows(READ, [LONG, from + count, PAGE]);
        count += page.length;
        if (page.length < PAGE) return count;
      }
    },
    snapshotBytes: async () => bytesOf((await rows(NEWEST, [LONG]))[0]?.[3]),
    put: async () => void (await rows(PUT, [])),
    async get() {
      const [value] = await rows(GET, [`note-${(gets++ % KEYS) + 1}`]);
      if (bytesOf(value?.[4]) === 0) throw new Error('a value is not there');
    },
    async appendByPool(appends) {
      const values = [1, AT, TOKEN, EVENT.manifest, EVENT.payload];
      await Promise.all(
        indexes(appends).map((index) => pool.query({ ...APPEND_ONE, values: [(index % MOST_STREAMS) + 1, ...values] })),
      );
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await client.end();
    },
  };
}

function bytesOf(value: unknown): number {
  return value instanceof Uint8Array ? value.length : 0;
}
