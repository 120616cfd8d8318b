import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '@stategate/journal-spi';

/** SQLite takes a shorter file for a new one, and would write over it. */
const SMALLEST_DATABASE_BYTES = 512;

/** Makes sure that a file can be there, before SQLite is asked. Throws `ConfigError`. */
export function prepareFile(path: string, readOnly: boolean): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined && readOnly) throw refused(`there is no store at ${path}: is store.config.path right?`);
  if (size !== undefined && size > 0 && size < SMALLEST_DATABASE_BYTES) {
    throw refused(`${path} is not a SQLite database (${size} bytes); name another file in store.config.path`);
  }
  try {
    if (size === undefined) mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refused(`the folder of ${path} cannot be created (${why}); change store.config.path`, cause);
  }
}

function refused(message: string, cause?: unknown): StoreError {
  return new StoreError('ConfigError', message, { cause });
}
