import { isStoreError, type StoreErrorCode } from '@stategate/journal-spi';
import { Code, type Status } from '../transport/call.ts';

/** What the caller gets for each store error (DESIGN §4). */
const CODES = {
  SequenceConflict: Code.ABORTED,
  Fenced: Code.UNAVAILABLE,
  AmbiguousWrite: Code.UNKNOWN,
  StoreUnavailable: Code.UNAVAILABLE,
  AuthError: Code.UNAVAILABLE,
  Throttled: Code.RESOURCE_EXHAUSTED,
  PayloadTooLarge: Code.RESOURCE_EXHAUSTED,
  BatchTooLarge: Code.RESOURCE_EXHAUSTED,
  HeadRegressed: Code.DATA_LOSS,
  IntegrityError: Code.DATA_LOSS,
  OffsetExpired: Code.DATA_LOSS,
  SchemaMismatch: Code.UNAVAILABLE,
  ConfigError: Code.UNAVAILABLE,
  Unsupported: Code.INTERNAL,
  InvalidRequest: Code.INVALID_ARGUMENT,
  Cancelled: Code.DEADLINE_EXCEEDED,
} as const satisfies Record<StoreErrorCode, Code>;

/** The status for what a store call threw. */
export function storeStatus(error: unknown): Status {
  if (!isStoreError(error))
    return { code: Code.INTERNAL, message: error instanceof Error ? error.message : String(error) };
  const unclear = error.applied === 'unknown' ? 'the write may have been applied: ' : '';
  return { code: CODES[error.code], message: `${error.code}: ${unclear}${error.message}` };
}
