import type { DatabaseSync } from 'node:sqlite';
import type { Value } from './packing.ts';

type Bound = string | number | null | Uint8Array;

/** A prepared statement. Its rows are lists, as they go over to the other thread. */
export interface Statement<Row> {
  get(...values: Bound[]): Row | undefined;
  all(...values: Bound[]): Row[];
  iterate(...values: Bound[]): Iterable<Row>;
  run(...values: Bound[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
}

export interface Database {
  readonly file: DatabaseSync;
  /** `Row` is what the statement's columns are. */
  readonly prepare: <Row extends readonly Value[]>(sql: string) => Statement<Row>;
  readonly pragma: (name: string) => string | number;
}

/**
 * Opens the file and makes its commits durable. Nothing is written to it before `check` has looked at its header: a file of
 * another program, or of a newer driver, stays as it is.
 */
export function openDatabase(path: string, readOnly: boolean, check: (database: Database) => void): Database {
  const { DatabaseSync: Sqlite } = process.getBuiltinModule('node:sqlite');
  const file = new Sqlite(path, { readOnly, timeout: 5_000 });

  function prepare<Row extends readonly Value[]>(sql: string): Statement<Row> {
    const statement = file.prepare(sql);
    statement.setReturnArrays(true);
    return statement as unknown as Statement<Row>;
  }

  const database: Database = {
    file,
    prepare,
    pragma: (name) => prepare<readonly [string | number]>(`PRAGMA ${name}`).get()?.[0] ?? '',
  };

  /** Others who open the same new file at this moment make it busy, and for this statement SQLite does not wait by itself. */
  function useWriteAheadLog(): void {
    const nap = new Int32Array(new SharedArrayBuffer(4));
    for (let attempt = 1; ; attempt++) {
      try {
        const mode = database.pragma('journal_mode = WAL');
        if (mode === 'wal') return;
        throw new Error(`it gives journal mode ${mode} instead of WAL: is ${path} on a network file system?`);
      } catch (error) {
        const busy = error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
        if (!busy || attempt === 100) throw error;
        Atomics.wait(nap, 0, 0, 50);
      }
    }
  }

  try {
    check(database);
    file.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 0; PRAGMA journal_size_limit = 67108864');
    if (!readOnly) {
      // Set although it is the default: some builds lower it for WAL, and a commit would then not wait for the disk.
      file.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON');
      useWriteAheadLog();
      // 16 MiB: pages that many appends share are copied into the database once instead of four times.
      file.exec('PRAGMA wal_autocheckpoint = 4000');
    }
    return database;
  } catch (error) {
    file.close();
    throw error;
  }
}
