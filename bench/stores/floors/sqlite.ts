import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Driver } from '@stategate/journal-spi';
import { EVENT, type Floor, indexes, KEYS, MOST_STREAMS, REPLAY_EVENTS, SNAPSHOT, TAIL } from '../workload.ts';

const PAGE = 500;
const LONG = MOST_STREAMS;

/** The driver's tables, each row by a bare statement in this thread. The file is beside the driver's: the same disk. */
export async function openSqliteFloor({ server }: Driver): Promise<Floor> {
  const database = new DatabaseSync(`${server.location}.floor`);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;
    CREATE TABLE event (
      ord INTEGER PRIMARY KEY AUTOINCREMENT, sid INTEGER NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL,
      at INTEGER NOT NULL, token TEXT, manifest TEXT NOT NULL, payload BLOB NOT NULL, meta BLOB, UNIQUE (sid, seq)
    ) STRICT;
    CREATE TABLE snapshot (sid INTEGER PRIMARY KEY, seq INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
    CREATE TABLE value (id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, token TEXT, payload BLOB NOT NULL) STRICT`);
  const insert = database.prepare(
    'INSERT INTO event (sid, seq, epoch, at, token, manifest, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const select = database.prepare(
    'SELECT seq, epoch, at, manifest, payload, meta FROM event WHERE sid = ? AND seq >= ? ORDER BY seq LIMIT ?',
  );
  const upsert = database.prepare(`
    INSERT INTO value (id, rev, token, payload) VALUES (?, 1, ?, ?)
    ON CONFLICT (id) DO UPDATE SET rev = rev + 1, token = excluded.token, payload = excluded.payload`);
  const valueOf = database.prepare('SELECT rev, token, payload FROM value WHERE id = ?');
  const newest = database.prepare('SELECT seq, payload FROM snapshot WHERE sid = ?');
  const heads = indexes(MOST_STREAMS).map(() => 0);
  const now = Date.now();
  const token = 'a'.repeat(36);
  let gets = 0;

  const event = (sid: number, seq: number): void => run(insert, sid, seq, 1, now, token, EVENT.manifest, EVENT.payload);

  function inTransaction(work: () => void): void {
    database.exec('BEGIN IMMEDIATE');
    work();
    database.exec('COMMIT');
  }

  inTransaction(() => {
    for (const index of indexes(REPLAY_EVENTS)) event(LONG, index + 1);
    database.prepare('INSERT INTO snapshot VALUES (?, ?, ?)').run(LONG, REPLAY_EVENTS - TAIL, SNAPSHOT);
  });
  return {
    append: (streams) =>
      inTransaction(() => {
        for (let sid = 0; sid < streams; sid += 1) event(sid, (heads[sid] = (heads[sid] ?? 0) + 1));
      }),
    read(from) {
      let count = 0;
      for (;;) {
        const rows = select.all(LONG, from + count, PAGE).length;
        count += rows;
        if (rows < PAGE) return count;
      }
    },
    snapshotBytes: () => bytesOf(newest.get(LONG)?.['payload']),
    put: () =>
      inTransaction(() => {
        for (let id = 0; id < KEYS; id += 1) run(upsert, id, token, EVENT.payload);
      }),
    get() {
      if (bytesOf(valueOf.get(gets++ % KEYS)?.['payload']) === 0) throw new Error('a value is not there');
    },
    [Symbol.asyncDispose]: async () => database.close(),
  };
}

function run(statement: StatementSync, ...values: SQLInputValue[]): void {
  statement.run(...values);
}

function bytesOf(value: unknown): number {
  return value instanceof Uint8Array ? value.length : 0;
}
