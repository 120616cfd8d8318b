import { StoreError } from '@stategate/journal-spi';
import type { StoreErrorCode } from '@stategate/journal-spi';
import { lost } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';

type Known = readonly [code: StoreErrorCode, wayOut: string];

const NO_TABLES: Known = [
  'SchemaMismatch',
  'its tables are missing: run stategate store schema --apply, or set store.config.createSchema',
];

/** By SQLSTATE, the whole code or its class. With each of them the transaction was rolled back, or never began. */
const STATES: Readonly<Record<string, Known>> = {
  '22021': ['InvalidRequest', 'it does not take these characters'],
  '25006': ['StoreUnavailable', 'it takes no writes now: has another server become the primary?'],
  '28': ['AuthError', 'check store.config.user and store.config.password'],
  '3D000': ['ConfigError', 'create the database, or name another one in store.config.database'],
  '3F000': NO_TABLES,
  '40001': ['StoreUnavailable', 'others changed the same rows'],
  '40P01': ['StoreUnavailable', 'others changed the same rows in another order'],
  '42501': ['AuthError', 'the user of store.config needs more rights on the schema and its tables'],
  '42703': ['SchemaMismatch', 'its tables are of another version: run stategate store schema --apply'],
  '42P01': NO_TABLES,
  '53100': ['Throttled', 'its disk is full: free some space'],
  '53200': ['Throttled', 'it is out of memory'],
  '53300': [
    'StoreUnavailable',
    'it has no connection left: raise its max_connections, or lower store.config.maxConnections',
  ],
  '54': ['PayloadTooLarge', 'it does not take so much at once'],
  '57014': ['StoreUnavailable', 'the statement was cancelled: it took too long'],
  '57P03': ['StoreUnavailable', 'it is starting or shutting down'],
  XX001: ['IntegrityError', 'its data is damaged: restore it from a backup'],
  XX002: ['IntegrityError', 'an index is damaged: run REINDEX'],
};

/** The server, or its connection, went away: what it did before nobody knows. */
const GONE = /^(08|57P0[1245])/;

/** Nothing was written because of what others did at the same moment: once more may go well. */
const RETRYABLE = new Set(['40001', '40P01']);

/** The five characters that the server gives an error; undefined when it is none of the server's. */
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object) ? code : undefined;
}

export function isRetryable(error: unknown): boolean {
  return error instanceof StoreError && RETRYABLE.has(sqlState(error.details.cause) ?? '');
}

/** Whether the connection can serve others after this error. */
export function leavesConnection(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !GONE.test(state) && (error as { severity?: unknown }).severity === 'ERROR';
}

/** The error for a statement that was sent and failed. */
export function toStoreError(error: unknown, effect: Effect, location: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  const state = sqlState(error);
  if (state === undefined || GONE.test(state)) {
    return lost(effect, 'StoreUnavailable', `${location} was lost: ${message}`, error);
  }
  const [code, wayOut]: Known = STATES[state] ?? STATES[state.slice(0, 2)] ?? ['StoreUnavailable', 'see its log'];
  return new StoreError(code, `${location} refused: ${wayOut} (${message}, SQLSTATE ${state})`, { cause: error });
}

/** The error for a connection that could not be made, or that no call got: nothing was sent. */
export function unreachable(error: unknown, location: string): StoreError {
  if (sqlState(error) !== undefined) return toStoreError(error, 'read', location);
  const message = messageOf(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/certificate|self.signed|does not support SSL|altname|ERR_SSL|ERR_TLS/i.test(`${code} ${message}`)) {
    return new StoreError('ConfigError', `${location} does not fit store.config.ssl: ${message}`, { cause: error });
  }
  if (/password must be a/i.test(message)) {
    return new StoreError('AuthError', `${location} asks for a password: set store.config.password`, { cause: error });
  }
  const hint = 'are store.config.host and store.config.port right?';
  return new StoreError('StoreUnavailable', `${location} cannot be reached (${message}); ${hint}`, { cause: error });
}

function messageOf(error: unknown): string {
  // Several addresses of one host fail as one error without a message.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message || error.name : String(error);
}
