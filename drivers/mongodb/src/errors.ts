import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { MongoError } from 'mongodb';
import type { Effect } from '@stategate/journal-spi/kit';
import type { Mongo } from './store.ts';

export const DUPLICATE_KEY = 11_000;

/** The server's codes that say more than "refused". Names as in its documentation. */
const AUTHENTICATION_FAILED = [18, 8000];
const UNAUTHORIZED = 13;
/** Not the primary: nothing was done. */
const NOT_PRIMARY = [10_107, 13_435, 13_436];
const TOO_LARGE = [10_334, 17_419, 17_420];
/** OutOfDiskSpace, RateLimitExceeded of several servers. */
const THROTTLED = [14_031, 16_500, 462];
/** WriteConflict, LockTimeout: rolled back by the server itself. */
const ROLLED_BACK = [112, 24];

/** What an error of the client library means. What is none of its errors is a defect, and stays what it is. */
export function toStoreError(mongo: Mongo, error: unknown, effect: Effect, location: string): unknown {
  if (isStoreError(error)) return error;
  // The socket's own error, which the library lets through when it breaks in the middle of a command.
  if (error instanceof Error && 'syscall' in error) return lost(effect, `the connection to ${location} broke`, error);
  if (!(error instanceof mongo.MongoError)) return error;
  if (error instanceof mongo.MongoWriteConcernError)
    return lost(effect, `${location} did not confirm the write`, error);
  const refusal = known(Number(error.code), location, error);
  if (refusal !== undefined) return refusal;
  if (notSent(mongo, error)) return failed('StoreUnavailable', `${location} cannot be reached`, error);
  if (
    error instanceof mongo.MongoParseError ||
    error instanceof mongo.MongoInvalidArgumentError ||
    error instanceof mongo.MongoCompatibilityError ||
    error instanceof mongo.MongoMissingCredentialsError ||
    error instanceof mongo.MongoMissingDependencyError
  ) {
    return failed('ConfigError', `${location} cannot be used, change store.config`, error);
  }
  // Also what the server itself says with another code: it may have been interrupted at any point.
  return lost(effect, `${location} did not answer, or failed`, error);
}

/** The same for one document of several that were written by one command, and was refused by itself: it was not written. */
export function toRefusal(code: number, message: string, location: string): StoreError {
  const cause = new Error(message);
  return known(code, location, cause) ?? failed('StoreUnavailable', `${location} refused a write`, cause);
}

/** What is known about a call that was sent and whose answer is missing or says that the end is open. */
function lost(effect: Effect, what: string, cause: unknown): StoreError {
  return failed(effect === 'write' ? 'AmbiguousWrite' : 'StoreUnavailable', what, cause);
}

function known(code: number, location: string, cause: Error): StoreError | undefined {
  if (AUTHENTICATION_FAILED.includes(code)) {
    return failed('AuthError', `${location} does not accept the user and password of store.config`, cause);
  }
  if (code === UNAUTHORIZED) return failed('AuthError', `the user needs the role readWrite on ${location}`, cause);
  if (NOT_PRIMARY.includes(code)) return failed('StoreUnavailable', `${location} has no primary there`, cause);
  if (TOO_LARGE.includes(code)) return failed('PayloadTooLarge', `${location} does not take so many bytes`, cause);
  if (THROTTLED.includes(code)) return failed('Throttled', `${location} takes no more for now`, cause);
  if (ROLLED_BACK.includes(code)) return failed('StoreUnavailable', `${location} gave up a write`, cause);
  return undefined;
}

/** Whether the library proves that nothing was sent. */
function notSent(mongo: Mongo, error: MongoError): boolean {
  if (error instanceof mongo.MongoOperationTimeoutError) {
    return error.cause instanceof mongo.MongoError && notSent(mongo, error.cause);
  }
  return (
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    // These are not exported.
    ['MongoWaitQueueTimeoutError', 'MongoPoolClosedError', 'MongoPoolClearedError'].includes(error.name) ||
    // The connection was never established; the second one is only set while connecting.
    error.hasErrorLabel('HandshakeError') ||
    error.hasErrorLabel('SystemOverloadedError')
  );
}

function failed(
  code: 'StoreUnavailable' | 'AmbiguousWrite' | 'ConfigError' | 'AuthError' | 'PayloadTooLarge' | 'Throttled',
  what: string,
  cause: unknown,
): StoreError {
  return new StoreError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
