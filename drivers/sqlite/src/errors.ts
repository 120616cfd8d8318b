import { StoreError } from '@stategate/journal-spi';
import type { FailurePhase } from './worker/serve.ts';

/** What the worker tells of an error: SQLite's primary result code, 0 when it was not SQLite's. */
export interface Failure {
  readonly phase: FailurePhase;
  readonly code: number;
  /** Why the file itself was turned down when it was opened. */
  readonly refusal: string;
  readonly message: string;
}

/** SQLite's result codes that tell the operator something different. */
const BUSY = 5;
const READ_ONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const TOO_BIG = 18;
const NOT_A_DATABASE = 26;

/** The error that stands for a failure, with the file and the way out. */
export function toStoreError({ phase, code, refusal, message }: Failure, path: string, maxBytes?: number): StoreError {
  const cause = new Error(message);
  if (refusal === 'newer') {
    return new StoreError('SchemaMismatch', `${path} cannot be used: ${message}; update @stategate/driver-sqlite`, {
      cause,
    });
  }
  if (refusal !== '') {
    return new StoreError('ConfigError', `${path} is not a store: ${message}; name another file in store.config.path`, {
      cause,
    });
  }
  if (phase === 'commit' && code !== FULL && code !== BUSY) {
    return new StoreError('AmbiguousWrite', `the commit to ${path} failed: ${message}`, { cause });
  }
  switch (code) {
    case FULL:
      return new StoreError('Throttled', fullMessage(path, maxBytes), {
        cause,
        ...(maxBytes === undefined ? {} : { limit: maxBytes }),
      });
    case BUSY:
      return new StoreError('StoreUnavailable', `${path} is kept busy by another process`, { cause });
    case TOO_BIG:
      return new StoreError('PayloadTooLarge', `SQLite does not take so many bytes: ${message}`, { cause });
    case NOT_A_DATABASE:
      return new StoreError(
        'ConfigError',
        `${path} is not a SQLite database; name another file in store.config.path, or restore this one from a backup`,
        { cause },
      );
    case CORRUPT:
      return new StoreError('IntegrityError', `${path} is damaged (${message}); restore it from a backup`, { cause });
    case READ_ONLY:
    case CANNOT_OPEN:
      return new StoreError(
        'ConfigError',
        `${path} cannot be opened (${message}); store.config.path must name a file, not a folder, where this user may read and write`,
        { cause },
      );
    default:
      return new StoreError('StoreUnavailable', `${path} failed: ${message}`, { cause });
  }
}

function fullMessage(path: string, maxBytes: number | undefined): string {
  return maxBytes === undefined
    ? `no space is left for ${path}; free some on its disk`
    : `${path} has reached its limit of ${maxBytes} bytes, or its disk is full; raise store.config.maxBytes, delete data, or free space on the disk`;
}
