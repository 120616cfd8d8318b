import type { Database } from './database.ts';
import type { WorkerOptions } from './serve.ts';

/** Whether a write would be taken now, without making one: the write lock, and room for it. */
export function healthOperations({ file, pragma }: Database, { path, readOnly, maxBytes }: WorkerOptions) {
  const { statfsSync } = process.getBuiltinModule('node:fs');
  /** What a few commits need, and what should rather be there. */
  const MIN_FREE_BYTES = 1024 ** 2;
  const GOOD_FREE_BYTES = 256 * 1024 ** 2;
  const FULL = 13;

  /** As if SQLite had said so. */
  function full(): Error {
    return Object.assign(new Error('database or disk is full'), { errcode: FULL });
  }

  return {
    /** What will soon be wrong. */
    health(): readonly string[] {
      if (readOnly) {
        pragma('schema_version');
        return [];
      }
      file.exec('BEGIN IMMEDIATE; ROLLBACK');
      const disk = statfsSync(path);
      const freeBytes = disk.bavail * disk.bsize;
      const usedBytes = (Number(pragma('page_count')) - Number(pragma('freelist_count'))) * Number(pragma('page_size'));
      const mostBytes = maxBytes ?? Infinity;
      if (freeBytes < MIN_FREE_BYTES || usedBytes >= mostBytes) throw full();
      const problems: string[] = [];
      if (freeBytes < GOOD_FREE_BYTES) problems.push(`only ${freeBytes} bytes are free on the disk of ${path}`);
      if (usedBytes > 0.9 * mostBytes) {
        problems.push(`${path} holds ${usedBytes} bytes and may hold ${mostBytes} (store.config.maxBytes)`);
      }
      return problems;
    },
  };
}
