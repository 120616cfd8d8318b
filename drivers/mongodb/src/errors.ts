import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { StoreErrorCode } from '@stategate/journal-spi';
import { lost } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import type * as mongodb from 'mongodb';

/** The client library: loaded when a store is opened, not when this package is. */
export type Mongo = typeof mongodb;

export const DUPLICATE_KEY = 11_000;
export const BAD_VALUE = 2;
export const NAMESPACE_NOT_FOUND = 26;

/** The server's codes that say more than "refused", and what they say: with each of them nothing was written. */
const REFUSALS: readonly (readonly [codes: readonly number[], code: StoreErrorCode, what: string])[] = [
  [[18, 8000], 'AuthError', 'does not accept the user and password of store.config'],
  [[13], 'AuthError', 'needs a user with the role readWrite'],
  [[10_107, 13_435, 13_436], 'StoreUnavailable', 'has no primary there'],
  [[10_334, 17_419, 17_420], 'PayloadTooLarge', 'does not take so many bytes'],
  // OutOfDiskSpace, RateLimitExceeded of several servers.
  [[14_031, 16_500, 462], 'Throttled', 'takes no more for now'],
  // WriteConflict, LockTimeout: rolled back by the server itself.
  [[112, 24], 'StoreUnavailable', 'gave up a write'],
];

/** Errors of the library that prove that nothing was sent; some of their classes it does not export. */
const UNSENT = [
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
];

const MISCONFIGURED = [
  'MongoParseError',
  'MongoInvalidArgumentError',
  'MongoCompatibilityError',
  'MongoMissingCredentialsError',
  'MongoMissingDependencyError',
];

/** What an error of the client library means. What is none of its errors is a defect, and stays what it is. */
export function toStoreError(mongo: Mongo, error: unknown, effect: Effect, location: string): unknown {
  if (isStoreError(error) || !(error instanceof Error)) return error;
  const unsure = (what: string) => lost(effect, 'StoreUnavailable', `${what}: ${error.message}`, error);
  // The socket's own error, which the library lets through when it breaks in the middle of a command.
  if ('syscall' in error) return unsure(`the connection to ${location} broke`);
  if (!(error instanceof mongo.MongoError)) return error;
  if (error instanceof mongo.MongoWriteConcernError) return unsure(`${location} did not confirm the write`);
  const refusal = known(Number(error.code), location, error);
  if (refusal !== undefined) return refusal;
  if (isUnsent(error)) return failed('StoreUnavailable', `${location} cannot be reached`, error);
  if (MISCONFIGURED.includes(error.name)) {
    return failed('ConfigError', `${location} cannot be used, change store.config`, error);
  }
  // Also what the server itself says with another code: it may have been interrupted at any point.
  return unsure(`${location} did not answer, or failed`);
}

/** The same for one document of several that were written by one command, and was refused by itself: it was not written. */
export function toRefusal(code: number, message: string, location: string): StoreError {
  const cause = new Error(message);
  return known(code, location, cause) ?? failed('StoreUnavailable', `${location} refused a write`, cause);
}

function known(found: number, location: string, cause: Error): StoreError | undefined {
  const refusal = REFUSALS.find(([codes]) => codes.includes(found));
  return refusal && failed(refusal[1], `${location} ${refusal[2]}`, cause);
}

/** Nor was anything sent where the connection was never established: the second label is only set while connecting. */
function isUnsent(error: mongodb.MongoError): boolean {
  return (
    UNSENT.includes(error.name) || error.hasErrorLabel('HandshakeError') || error.hasErrorLabel('SystemOverloadedError')
  );
}

function failed(code: StoreErrorCode, what: string, cause: Error): StoreError {
  return new StoreError(code, `${what}: ${cause.message}`, { cause });
}
