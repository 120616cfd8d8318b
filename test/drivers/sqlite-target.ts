import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import sqlite from '@stategate/driver-sqlite/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';

/** A file in the folder, made when it is first opened. */
export function sqliteTarget(folder: string): ConformanceTarget {
  const path = join(folder, `${randomUUID()}.db`);
  return {
    definition: sqlite,
    config: { path },
    hooks: {
      emptyStore: async () => sqliteTarget(folder),
      expiredOffset: () => '999999999',
      async raiseSchema({ config }) {
        const database = new DatabaseSync(pathOf(config));
        const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
        database.exec(`PRAGMA user_version = ${version + 1}`);
        database.close();
      },
    },
  };
}

function pathOf(config: unknown): string {
  if (typeof config === 'object' && config !== null && 'path' in config) return String(config.path);
  throw new Error('the configuration names no path');
}
