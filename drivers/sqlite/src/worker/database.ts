import type { DatabaseSync } from 'node:sqlite';

export interface DatabaseOptions {
  readonly path: string;
  readonly readOnly: boolean;
}

/**
 * Opens the file and makes its commits durable. Nothing is written to it before its header has been looked at: a file of
 * another program, or of a newer driver, stays as it is.
 */
export function openDatabase(
  { path, readOnly }: DatabaseOptions,
  check: (database: DatabaseSync) => void,
): DatabaseSync {
  const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
  const database = new Database(path, { readOnly, timeout: 5_000 });
  try {
    check(database);
    database.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 0; PRAGMA journal_size_limit = 67108864');
    if (!readOnly) {
      // Set although it is the default: some builds lower it for WAL, and a commit would then not wait for the disk.
      database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
      useWriteAheadLog();
      // 16 MiB: pages that many appends share are copied into the database once instead of four times.
      database.exec('PRAGMA wal_autocheckpoint = 4000');
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }

  /** Others who open the same new file at this moment make it busy, and for this statement SQLite does not wait by itself. */
  function useWriteAheadLog(): void {
    const nap = new Int32Array(new SharedArrayBuffer(4));
    for (let attempt = 1; ; attempt++) {
      try {
        const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
        if (mode === 'wal') return;
        throw new Error(`it gives journal mode ${String(mode)} instead of WAL: is ${path} on a network file system?`);
      } catch (error) {
        const busy = error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
        if (!busy || attempt === 100) throw error;
        Atomics.wait(nap, 0, 0, 50);
      }
    }
  }
}
