import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '@stategate/journal-spi';

/** SQLite takes a shorter file for a new one, and would write over it. */
const SMALLEST_DATABASE_BYTES = 512;

/** Makes sure that a file can be there, before SQLite is asked. Throws `ConfigError`. */
export function prepareFile(path: string, readOnly: boolean): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined && readOnly) {
    throw new StoreError('ConfigError', `there is no store at ${path}: is store.config.path right?`);
  }
  if (size !== undefined && size > 0 && size < SMALLEST_DATABASE_BYTES) {
    throw new StoreError(
      'ConfigError',
      `${path} is not a SQLite database (${size} bytes); name another file in store.config.path`,
    );
  }
  if (size === undefined) createFolder(path);
}

function createFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError('ConfigError', `the folder of ${path} cannot be created (${why}); change store.config.path`, {
      cause,
    });
  }
}
