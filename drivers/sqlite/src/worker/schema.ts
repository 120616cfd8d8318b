import type { DatabaseSync } from 'node:sqlite';

export interface Schema {
  readonly target: number;
  /** The file's version. Throws for a file that this driver must not touch. */
  current(database: DatabaseSync): number;
  migrate(database: DatabaseSync): void;
  /** What `migrate` would do. */
  statements(database: DatabaseSync): readonly string[];
}

/** The tables, and how a file gets them. Its header says whose file it is and which version of them it holds. */
export function storeSchema(): Schema {
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

  function pragma(database: DatabaseSync, name: string): number {
    return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  function current(database: DatabaseSync): number {
    // In this order: another one may be making the tables, and sets all three in one commit.
    const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables']);
    const application = pragma(database, 'application_id');
    const version = pragma(database, 'user_version');
    if (application !== APPLICATION_ID && (tables > 0 || application !== 0)) {
      throw Object.assign(new Error('it is a SQLite database of another program'), { refusal: 'foreign' });
    }
    if (version > target) {
      const message = `it has schema version ${version}, this driver knows up to ${target}`;
      throw Object.assign(new Error(message), { refusal: 'newer' });
    }
    return version;
  }

  return {
    target,
    current,
    statements(database) {
      const steps = migrations.slice(current(database));
      if (steps.length === 0) return [];
      const marks = [`PRAGMA application_id = ${APPLICATION_ID}`, `PRAGMA user_version = ${target}`];
      return [...steps.flatMap((step) => step.trim().split(/;\s*\n/)), ...marks];
    },
    migrate(database) {
      // The version is read again under the lock: another one may have migrated while we waited. It is written in any case,
      // so that what the durability settings are after a write can be read back.
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const step of migrations.slice(current(database))) database.exec(step);
        database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${target}`);
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
