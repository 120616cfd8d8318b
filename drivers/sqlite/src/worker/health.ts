import type { DatabaseSync } from 'node:sqlite';
import type { Operations } from './operations.ts';

/** Whether a write would be taken now, without making one: the write lock, and room for it. */
export function healthOperations(
  database: DatabaseSync,
  { path, readOnly, maxBytes }: { readonly path: string; readonly readOnly: boolean; readonly maxBytes: number | null },
): Pick<Operations, 'health'> {
  const { statfsSync } = process.getBuiltinModule('node:fs');
  /** What a few commits need, and what should rather be there. */
  const MIN_FREE_BYTES = 1024 ** 2;
  const GOOD_FREE_BYTES = 256 * 1024 ** 2;
  const FULL = 13;

  function pragma(name: string): number {
    return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  /** As if SQLite had said so. */
  function full(): Error {
    return Object.assign(new Error('database or disk is full'), { errcode: FULL });
  }

  return {
    health: {
      access: 'read', // It has a transaction of its own.
      prepare: () => (output) => {
        const problems: string[] = [];
        if (!readOnly) {
          database.exec('BEGIN IMMEDIATE; ROLLBACK');
          const disk = statfsSync(path);
          const freeBytes = disk.bavail * disk.bsize;
          if (freeBytes < MIN_FREE_BYTES) throw full();
          if (freeBytes < GOOD_FREE_BYTES) problems.push(`only ${freeBytes} bytes are free on the disk of ${path}`);
          const usedBytes = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
          if (maxBytes !== null && usedBytes >= maxBytes) throw full();
          if (maxBytes !== null && usedBytes > 0.9 * maxBytes) {
            problems.push(`${path} holds ${usedBytes} bytes and may hold ${maxBytes} (store.config.maxBytes)`);
          }
        } else {
          pragma('schema_version');
        }
        output.add('ready', problems.length, ...problems);
      },
    },
  };
}
