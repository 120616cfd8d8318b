import { StoreError } from '@stategate/journal-spi';
import type { StoreErrorCode } from '@stategate/journal-spi';
import { lost } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';

const RETRY_AFTER_MS = 200;

const RIGHTS =
  'the credentials need dynamodb:DescribeTable, CreateTable, GetItem, PutItem, UpdateItem, DeleteItem, Query';
const WHOSE = 'check store.config.accessKeyId and secretAccessKey, or those of the environment';

/** Errors that the service gives before it has changed anything, by name. */
const REFUSALS: Readonly<Record<string, readonly [code: StoreErrorCode, wayOut: string]>> = {
  ProvisionedThroughputExceededException: ['Throttled', 'its capacity is used up: raise it, or bill it on demand'],
  RequestLimitExceeded: ['Throttled', 'the request limit of the account is reached'],
  ThrottlingException: ['Throttled', 'it is asked too often'],
  LimitExceededException: ['Throttled', 'too many tables are being changed'],
  TransactionConflictException: ['Throttled', 'a transaction of somebody else is under way'],
  ResourceNotFoundException: ['StoreUnavailable', 'there is no such table: see store.config.table and createTable'],
  AccessDeniedException: ['AuthError', RIGHTS],
  UnrecognizedClientException: ['AuthError', WHOSE],
  InvalidSignatureException: ['AuthError', `${WHOSE}, and the clock of this machine`],
  IncompleteSignatureException: ['AuthError', WHOSE],
  MissingAuthenticationTokenException: ['AuthError', WHOSE],
  ExpiredTokenException: ['AuthError', 'the credentials have expired'],
  CredentialsProviderError: ['AuthError', WHOSE],
  ItemCollectionSizeLimitExceededException: ['PayloadTooLarge', 'remove the local secondary indexes of the table'],
};

/** Without a connection nothing was sent. */
const NOT_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const NO_CONNECTION = /did not establish a connection/;

/** The error for a request that failed. */
export function toStoreError(error: unknown, effect: Effect, location: string): StoreError {
  const { name, code, message } = facts(error);
  const refusal = REFUSALS[name];
  if (refusal !== undefined) {
    const [store, wayOut] = refusal;
    const details = store === 'Throttled' ? { cause: error, retryAfterMs: RETRY_AFTER_MS } : { cause: error };
    return new StoreError(store, `${location} refused: ${wayOut} (${message})`, details);
  }
  if (message === 'Region is missing') {
    return new StoreError('ConfigError', 'no region is known: set store.config.region, or AWS_REGION', {
      cause: error,
    });
  }
  if (name === 'ValidationException') {
    const store = /size/i.test(message) ? 'PayloadTooLarge' : 'InvalidRequest';
    return new StoreError(store, `${location} does not take the request: ${message}`, { cause: error });
  }
  if (NOT_SENT.test(code) || NO_CONNECTION.test(message)) {
    const why = `${location} cannot be reached (${message}): check store.config.endpoint and region`;
    return new StoreError('StoreUnavailable', why, { cause: error });
  }
  return lost(effect, 'StoreUnavailable', `${location} failed: ${message || name}`, error);
}

function facts(error: unknown): { readonly name: string; readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { name: '', code: '', message: String(error) };
  return { name: error.name, code: 'code' in error ? String(error.code) : '', message: error.message };
}
