import { StoreError } from '@stategate/journal-spi';
import type { StoreErrorCode } from '@stategate/journal-spi';
import type { Failure, WorkerOptions } from './worker/serve.ts';

/** SQLite's result codes that tell the operator something different. */
const BUSY = 5;
const READ_ONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const TOO_BIG = 18;
const NOT_A_DATABASE = 26;

const OTHER_FILE = 'name another file in store.config.path';

/** The error that stands for a failure, with the file and the way out. */
export function toStoreError({ phase, code, refusal, message }: Failure, options: WorkerOptions): StoreError {
  const { path, maxBytes } = options;
  const cause = new Error(message);
  const error = (name: StoreErrorCode, text: string) => new StoreError(name, text, { cause });

  if (refusal === 'newer') {
    return error('SchemaMismatch', `${path} cannot be used: ${message}; update @stategate/driver-sqlite`);
  }
  if (refusal !== '') return error('ConfigError', `${path} is not a store: ${message}; ${OTHER_FILE}`);
  if (phase === 'commit' && code !== FULL && code !== BUSY) {
    return error('AmbiguousWrite', `the commit to ${path} failed: ${message}`);
  }
  switch (code) {
    case FULL:
      if (maxBytes === null) return error('Throttled', `no space is left for ${path}; free some on its disk`);
      return new StoreError(
        'Throttled',
        `${path} has reached its limit of ${maxBytes} bytes, or its disk is full; raise store.config.maxBytes, delete data, or free space on the disk`,
        { cause, limit: maxBytes },
      );
    case BUSY:
      return error('StoreUnavailable', `${path} is kept busy by another process`);
    case TOO_BIG:
      return error('PayloadTooLarge', `SQLite does not take so many bytes: ${message}`);
    case NOT_A_DATABASE:
      return error('ConfigError', `${path} is not a SQLite database; ${OTHER_FILE}, or restore this one from a backup`);
    case CORRUPT:
      return error('IntegrityError', `${path} is damaged (${message}); restore it from a backup`);
    case READ_ONLY:
    case CANNOT_OPEN:
      return error(
        'ConfigError',
        `${path} cannot be opened (${message}); store.config.path must name a file, not a folder, where this user may read and write`,
      );
    default:
      return error('StoreUnavailable', `${path} failed: ${message}`);
  }
}
