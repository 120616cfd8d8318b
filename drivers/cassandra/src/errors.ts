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

/** What the client library throws about a statement, by name; what else it throws is a mistake of ours. */
const ABOUT_STATEMENTS = /^(?:|Authentication|Driver|NoHostAvailable|OperationTimedOut|Response)Error$/;

/** The same, as far as it matters. */
interface ClientError extends Error {
  readonly code?: unknown;
  /** Of `Unavailable`: the level that could not be reached. */
  readonly consistencies?: unknown;
  /** Of `NoHostAvailableError`: why each host was not asked. */
  readonly innerErrors?: Readonly<Record<string, unknown>> | null;
}

type Refusal = readonly [code: StoreErrorCode, message: string];

/** The error that stands for what the client library threw about a statement. */
export function toStoreError(error: unknown, effect: Effect): unknown {
  if (isStoreError(error) || !(error instanceof Error) || !ABOUT_STATEMENTS.test(error.name)) return error;
  const refusal = refusalOf(error, effect);
  if (refusal === undefined) return lost(effect, 'StoreUnavailable', `the answer is lost: ${error.message}`, error);
  return new StoreError(...refusal, { cause: error });
}

/** Why surely nothing was applied; undefined when nobody knows, as after timeouts, failures of replicas, and unknown codes. */
function refusalOf(error: ClientError, effect: Effect): Refusal | undefined {
  const { name, code, message } = error;
  switch (name === 'ResponseError' ? code : name) {
    case 'NoHostAvailableError':
      return noHost(error);
    case 'Error':
      // Of a statement that had to be prepared first: nothing was sent.
      return message === 'No connection available' ? ['StoreUnavailable', message] : undefined;
    case 'ArgumentError':
      return ['ConfigError', `store.config.localDataCenter is wrong: ${message}`];
    case 'BusyConnectionError':
    case OVERLOADED:
      return ['Throttled', `the server has too much to do: ${message}`];
    case 'AuthenticationError':
    case BAD_CREDENTIALS: {
      const wayOut = 'check store.config.username and store.config.password';
      return ['AuthError', `Cassandra refuses the login: ${message}; ${wayOut}`];
    }
    case UNAUTHORIZED:
      return ['AuthError', `the user lacks a right: ${message}; grant it, or change store.config.username`];
    case UNAVAILABLE:
      // While committing, the write may have been decided before.
      if (effect === 'write' && !SERIAL.has(Number(error.consistencies))) return undefined;
      return ['StoreUnavailable', `too few replicas are up: ${message}`];
    case BOOTSTRAPPING:
      return ['StoreUnavailable', message];
    case SYNTAX:
      return ['Unsupported', `the server does not understand a statement: ${message}`];
    case INVALID:
      if (/does not exist|unconfigured table|[Uu]nknown keyspace/.test(message)) {
        return ['SchemaMismatch', `${message}: ${APPLY}`];
      }
      if (/too (?:big|large)|exceeds maximum/.test(message)) return ['PayloadTooLarge', message];
      return ['Unsupported', `the server refuses a statement: ${message}`];
    case WRONG_SETTING:
      return ['ConfigError', `the server refuses a setting: ${message}; change store.config.replication`];
    case UNPREPARED:
      return ['SchemaMismatch', `a statement cannot be prepared again, its table has gone or has changed: ${APPLY}`];
    default:
      return undefined;
  }
}

/** No host was asked: whatever it was, it was not sent. */
function noHost({ message, innerErrors }: ClientError): Refusal {
  const reasons = Object.entries(innerErrors ?? {});
  for (const [, reason] of reasons) {
    const refusal = reason instanceof Error ? refusalOf(reason, 'read') : undefined;
    if (refusal !== undefined && refusal[0] !== 'StoreUnavailable') return refusal;
  }
  const why = reasons.map(([host, reason]) => `${host}: ${reason instanceof Error ? reason.message : String(reason)}`);
  return ['StoreUnavailable', `no node of Cassandra can be reached (${why.join('; ') || message})`];
}
