import type { ServiceError } from '@grpc/grpc-js';
import { StoreError, type StoreErrorCode } from '@stategate/journal-spi';
import { lost, type Effect } from '@stategate/journal-spi/kit';

/** What etcd says when it refuses, and has written nothing. */
const REFUSALS: readonly (readonly [says: RegExp, code: StoreErrorCode, wayOut: string])[] = [
  [
    /No connection established|Name resolution failed/,
    'StoreUnavailable',
    'it cannot be reached; is store.config.url right?',
  ],
  [
    /database space exceeded/,
    'Throttled',
    'it is full: raise --quota-backend-bytes, or compact it and clear the alarm',
  ],
  [/too many requests/, 'Throttled', 'it has too many requests'],
  [/request is too large/, 'PayloadTooLarge', 'its --max-request-bytes is below the 1.5 MiB that are its default'],
  [/too many operations/, 'BatchTooLarge', 'its --max-txn-ops is below the 128 that are its default'],
  [/no leader|not capable/, 'StoreUnavailable', 'it has no leader'],
  [/corrupt/, 'IntegrityError', 'it found its own data damaged: see its log'],
  [/authentication is not enabled/, 'ConfigError', 'it knows no users: leave store.config.username out'],
  [/invalid user ID or password/, 'AuthError', 'check store.config.username and store.config.password'],
  [/user name is empty/, 'AuthError', 'it asks who we are: set store.config.username and store.config.password'],
  [/permission denied/, 'AuthError', 'the user of store.config needs a role that reads and writes keys of the prefix'],
  [/invalid auth token/, 'AuthError', 'it no longer knows us'],
];

/** The `StoreError` for what gRPC threw. Where nothing says that it was refused, it may have been carried out. */
export function toStoreError(error: unknown, effect: Effect, location: string): unknown {
  if (!isServiceError(error)) return error;
  const { details: says, name, code: status } = error;
  // The client hangs the metadata on its errors, with the token of the session.
  const cause = Object.assign(new Error(says), { name, code: status });
  for (const [pattern, code, wayOut] of REFUSALS) {
    if (pattern.test(says)) return new StoreError(code, `${location} refused: ${wayOut} (${says})`, { cause });
  }
  return lost(effect, 'StoreUnavailable', `${location} failed: ${says}`, cause);
}

/** The token of a session ends with its time, and with the member that gave it. */
export function isExpiredToken(error: unknown): boolean {
  return isServiceError(error) && error.details.includes('invalid auth token');
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'details' in error && typeof error.details === 'string' && 'metadata' in error;
}
