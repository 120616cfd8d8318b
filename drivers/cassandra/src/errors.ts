import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { StoreErrorCode } from '@stategate/journal-spi';
import { lost } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';

/** Codes of the native protocol. */
const BAD_CREDENTIALS = 0x0100;
const UNAVAILABLE = 0x1000;
const OVERLOADED = 0x1001;
const BOOTSTRAPPING = 0x1002;
const SYNTAX = 0x2000;
const UNAUTHORIZED = 0x2100;
const INVALID = 0x2200;
const WRONG_SETTING = 0x2300;
const UNPREPARED = 0x2500;
/** Consistencies: what the consensus about a conditional write asks for, before anything of it is decided. */
const SERIAL = new Set([0x0008, 0x0009]);

const APPLY = 'create it with `stategate store schema --apply`';

/** What the client library throws, as far as it matters. */
interface ClientError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  /** Of `Unavailable`: the level that could not be reached. */
  readonly consistencies?: unknown;
  /** Of `NoHostAvailableError`: why each host was not asked. */
  readonly innerErrors?: Readonly<Record<string, unknown>>;
}

/** The error that stands for what the client library threw about a statement. */
export function toStoreError(error: unknown, effect: Effect): unknown {
  if (isStoreError(error) || !isClientError(error)) return error;
  const make = (code: StoreErrorCode, message: string) => new StoreError(code, message, { cause: error });
  switch (error.name) {
    case 'NoHostAvailableError':
      return noHost(error);
    case 'AuthenticationError':
      return make('AuthError', `Cassandra refuses the login: ${error.message}`);
    case 'ResponseError':
      return refusal(error, effect);
    case 'Error':
      // Of a statement that had to be prepared first: nothing was sent.
      if (error.message === 'No connection available') return make('StoreUnavailable', error.message);
      return lost(effect, 'StoreUnavailable', `the client library failed: ${error.message}`, error);
    case 'OperationTimedOutError':
    case 'DriverError':
      return lost(effect, 'StoreUnavailable', `the answer is lost: ${error.message}`, error);
    default:
      return error;
  }
}

function refusal(error: ClientError, effect: Effect): StoreError {
  const { code, message } = error;
  const make = (as: StoreErrorCode, text: string) => new StoreError(as, text, { cause: error });
  switch (code) {
    case UNAVAILABLE:
      // While committing, the write may have been decided before.
      if (effect === 'write' && !SERIAL.has(Number(error.consistencies)))
        return lost(effect, 'StoreUnavailable', message, error);
      return make('StoreUnavailable', `too few replicas are up: ${message}`);
    case BOOTSTRAPPING:
      return make('StoreUnavailable', message);
    case OVERLOADED:
      return make('Throttled', `the server is overloaded: ${message}`);
    case BAD_CREDENTIALS:
      return make('AuthError', `Cassandra refuses the login: ${message}`);
    case UNAUTHORIZED:
      return make('AuthError', `the user lacks a right: ${message}; grant it, or change store.config.username`);
    case SYNTAX:
      return make('Unsupported', `the server does not understand a statement: ${message}`);
    case INVALID:
      if (/does not exist|unconfigured table|[Uu]nknown keyspace/.test(message)) {
        return make('SchemaMismatch', `${message}: ${APPLY}`);
      }
      if (/too (?:big|large)|exceeds maximum/.test(message)) return make('PayloadTooLarge', message);
      return make('Unsupported', `the server refuses a statement: ${message}`);
    case WRONG_SETTING:
      return make('ConfigError', `the server refuses a setting: ${message}; change store.config.replication`);
    default:
      // Timeouts and failures of replicas, and what is not known here.
      return lost(effect, 'StoreUnavailable', message, error);
  }
}

/** No host was asked: whatever it was, it was not sent. */
function noHost(error: ClientError): StoreError {
  const reasons = Object.entries(error.innerErrors ?? {});
  const make = (code: StoreErrorCode, message: string) => new StoreError(code, message, { cause: error });
  for (const [, reason] of reasons) {
    if (!isClientError(reason)) continue;
    if (reason.name === 'AuthenticationError') {
      return make(
        'AuthError',
        `Cassandra refuses the login: ${reason.message}; check store.config.username and store.config.password`,
      );
    }
    if (reason.name === 'BusyConnectionError') return make('Throttled', `all connections are busy: ${reason.message}`);
    if (reason.code === UNPREPARED) {
      return make(
        'SchemaMismatch',
        `a statement cannot be prepared again, so its table has gone or has changed: ${APPLY}`,
      );
    }
    if (/localDataCenter/.test(reason.message)) {
      return make('ConfigError', `store.config.localDataCenter is wrong: ${reason.message}`);
    }
  }
  const why = reasons.map(([host, reason]) => `${host}: ${isClientError(reason) ? reason.message : String(reason)}`);
  return make('StoreUnavailable', `no node of Cassandra can be reached (${why.join('; ') || error.message})`);
}

function isClientError(error: unknown): error is ClientError {
  return error instanceof Error;
}
