import type { Database } from './database.ts';

/** The tables, and how a file gets them. Its header says whose file it is and which version of them it holds. */
export function storeSchema() {
  const APPLICATION_ID = 0x53746761; // "Stga"

  /** Entry n brings version n to n + 1. Entries are never changed, only added. */
  const migrations = [
    `
    -- A row means: written, or sealed. The head is not here: a second page would be dirtied by every append.
    CREATE TABLE stream (
      sid INTEGER PRIMARY KEY,
      namespace TEXT NOT NULL,
      persistence_id TEXT NOT NULL,
      entity_id TEXT NOT NULL,
      deleted_to INTEGER NOT NULL DEFAULT 0,
      epoch INTEGER NOT NULL,
      UNIQUE (namespace, persistence_id, entity_id)
    ) STRICT;

    -- ord is the order of commits over all streams, never given out twice. The first event of an append holds its token.
    CREATE TABLE event (
      ord INTEGER PRIMARY KEY AUTOINCREMENT,
      sid INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      epoch INTEGER NOT NULL,
      at INTEGER NOT NULL,
      token TEXT,
      manifest TEXT NOT NULL,
      payload BLOB NOT NULL,
      meta BLOB,
      UNIQUE (sid, seq)
    ) STRICT;

    CREATE TABLE snapshot (
      id INTEGER PRIMARY KEY,
      sid INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      at INTEGER NOT NULL,
      manifest TEXT NOT NULL,
      payload BLOB NOT NULL,
      meta BLOB,
      UNIQUE (sid, seq)
    ) STRICT;

    -- A row stays after a deletion, and is made by a seal: without payload there is no entry, but an epoch, a revision, a token.
    CREATE TABLE value (
      id INTEGER PRIMARY KEY,
      namespace TEXT NOT NULL,
      collection TEXT NOT NULL,
      key TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      rev INTEGER NOT NULL DEFAULT 0,
      written_epoch INTEGER NOT NULL DEFAULT 0,
      token TEXT,
      expires_at INTEGER,
      manifest TEXT NOT NULL DEFAULT '',
      payload BLOB,
      meta BLOB,
      UNIQUE (namespace, collection, key)
    ) STRICT;

    -- Fences are never removed: the highest epoch of a namespace is its counter.
    CREATE TABLE fence (
      namespace TEXT NOT NULL,
      scope TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      owner TEXT NOT NULL,
      PRIMARY KEY (namespace, scope)
    ) STRICT;
    `,
  ];
  const target = migrations.length;

  /** The file's version. Throws for a file that this driver must not touch. */
  function current({ prepare, pragma }: Database): number {
    // In this order: another one may be making the tables, and sets all three in one commit.
    const tables = prepare<readonly [number]>('SELECT count(*) FROM sqlite_schema').get()?.[0] ?? 0;
    const application = pragma('application_id');
    const version = Number(pragma('user_version'));
    if (application !== APPLICATION_ID && (tables > 0 || application !== 0)) {
      throw Object.assign(new Error('it is a SQLite database of another program'), { refusal: 'foreign' });
    }
    if (version > target) {
      const message = `it has schema version ${version}, this driver knows up to ${target}`;
      throw Object.assign(new Error(message), { refusal: 'newer' });
    }
    return version;
  }

  /** What leads from a version to the target. */
  function statements(from: number): readonly string[] {
    const steps = migrations.slice(from).flatMap((step) => step.trim().split(/;\s*\n/));
    return [...steps, `PRAGMA application_id = ${APPLICATION_ID}`, `PRAGMA user_version = ${target}`];
  }

  return {
    target,
    current,
    statements,
    migrate(database: Database): void {
      // The version is read again under the lock: another one may have migrated while we waited. It is written in any case,
      // so that what the durability settings are after a write can be read back.
      database.file.exec('BEGIN IMMEDIATE');
      try {
        for (const statement of statements(current(database))) database.file.exec(statement);
        database.file.exec('COMMIT');
      } catch (error) {
        if (database.file.isTransaction) database.file.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
