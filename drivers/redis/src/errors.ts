import { StoreError } from '@stategate/journal-spi';
import type { StoreErrorCode } from '@stategate/journal-spi';
import { lost } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';

/** Errors of Redis by the word they begin with. All are given before a script has written anything. */
const REPLIES: Readonly<Record<string, readonly [code: StoreErrorCode, wayOut: string]>> = {
  OOM: ['Throttled', 'its memory is full: raise maxmemory, or delete data'],
  MISCONF: ['StoreUnavailable', 'it cannot write to its disk: see the log of the server'],
  LOADING: ['StoreUnavailable', 'it is still reading its data'],
  BUSY: ['StoreUnavailable', 'a script of somebody else holds it up'],
  MASTERDOWN: ['StoreUnavailable', 'it is a replica without its primary'],
  READONLY: ['StoreUnavailable', 'it is a replica: name the primary in store.config.url'],
  NOREPLICAS: ['StoreUnavailable', 'fewer replicas follow it than its min-replicas-to-write asks for'],
  CLUSTERDOWN: ['StoreUnavailable', 'its cluster is down'],
  MOVED: ['ConfigError', 'it has become a node of a cluster: name a single primary in store.config.url'],
  NOAUTH: ['AuthError', 'it asks for a password: set store.config.password'],
  WRONGPASS: ['AuthError', 'check store.config.username and store.config.password'],
  NOPERM: ['AuthError', 'the user of store.config needs more rights (+@all -@dangerous +info, keys of the prefix)'],
  WRONGTYPE: ['IntegrityError', 'another program uses the same keys: change store.config.keyPrefix'],
};

/** The word that an error of Redis begins with; undefined when it is an error of the connection. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  return /^[A-Z]+/.exec(error.message)?.[0] ?? '';
}

/** The error for a call that was sent and failed. */
export function toStoreError(error: unknown, effect: Effect, location: string): StoreError {
  const cause = withoutCommand(error);
  const { message } = cause;
  const code = replyCode(error);
  const known = code === undefined ? undefined : REPLIES[code];
  if (known !== undefined) return new StoreError(known[0], `${location} refused: ${known[1]} (${message})`, { cause });
  if (code !== undefined && message.includes('max number of clients')) {
    return new StoreError('StoreUnavailable', `${location} has no room for another client: raise maxclients`, {
      cause,
    });
  }
  return lost(effect, 'StoreUnavailable', `${location} failed: ${message}`, cause);
}

/** The error for a connection that could not be made. */
export function unreachable(error: unknown, location: string): StoreError {
  if (replyCode(error) !== undefined) return toStoreError(error, 'read', location);
  const why = error instanceof Error ? error.message || error.name : 'no connection yet';
  return new StoreError('StoreUnavailable', `${location} cannot be reached (${why}); is store.config.url right?`, {
    cause: withoutCommand(error),
  });
}

/** The client hangs the command on its errors, with passwords and payloads. */
function withoutCommand(error: unknown): Error {
  const { name = 'Error', message = String(error) } = error instanceof Error ? error : {};
  return Object.assign(new Error(message), { name });
}
