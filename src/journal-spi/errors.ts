import type { Epoch, SequenceNr } from './stream.ts';

/** What each code means for the write (`applied`) and what the caller may do next (`retry`). The table is closed. */
export const STORE_ERRORS = {
  SequenceConflict: { applied: 'no', retry: 'after-reload' },
  Fenced: { applied: 'no', retry: 'never' },
  HeadRegressed: { applied: 'no', retry: 'never' },
  AmbiguousWrite: { applied: 'unknown', retry: 'same-token' },
  StoreUnavailable: { applied: 'no', retry: 'after-backoff' },
  Throttled: { applied: 'no', retry: 'after-backoff' },
  PayloadTooLarge: { applied: 'no', retry: 'never' },
  BatchTooLarge: { applied: 'no', retry: 'never' },
  IntegrityError: { applied: 'no', retry: 'never' },
  OffsetExpired: { applied: 'no', retry: 'never' },
  SchemaMismatch: { applied: 'no', retry: 'never' },
  ConfigError: { applied: 'no', retry: 'never' },
  Unsupported: { applied: 'no', retry: 'never' },
  InvalidRequest: { applied: 'no', retry: 'never' },
  Cancelled: { applied: 'no', retry: 'never' },
  AuthError: { applied: 'no', retry: 'after-backoff' },
} as const satisfies Record<string, { applied: Applied; retry: Retry }>;

export type StoreErrorCode = keyof typeof STORE_ERRORS;
export type Applied = 'no' | 'yes' | 'unknown';
export type Retry = 'never' | 'same-token' | 'after-backoff' | 'after-reload';

/** Numbers that belong to a code: which ones is said at the code's use in the interfaces. */
export interface StoreErrorDetails {
  readonly expected?: SequenceNr;
  readonly actual?: SequenceNr;
  readonly ours?: Epoch;
  readonly current?: Epoch;
  readonly limit?: number;
  readonly size?: number;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

const BRAND: unique symbol = Symbol.for('stategate.store-error');

/** The one error of the SPI. Two copies of this package may be loaded: recognise it by `isStoreError`, never by `instanceof`. */
export class StoreError extends Error {
  readonly [BRAND] = true;
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly details: StoreErrorDetails;

  constructor(code: StoreErrorCode, message: string, details: StoreErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  /** Whether the write took effect. */
  get applied(): Applied {
    return STORE_ERRORS[this.code].applied;
  }

  get retry(): Retry {
    return STORE_ERRORS[this.code].retry;
  }
}

export function isStoreError(value: unknown): value is StoreError {
  return typeof value === 'object' && value !== null && BRAND in value;
}
