import { isStoreError, StoreError } from '@stategate/journal-spi';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';

const ATTEMPTS = 3;
const FIRST_DELAY_MS = 50;
const LAST_DELAY_MS = 500;
/** A try that fails later than this is the last: its caller has waited long enough. */
const TRY_FOR_MS = 1_500;
/** So many calls in a row must fail before the store counts as gone. */
const FAILURES_TO_OPEN = 20;
const TRY_AGAIN_AFTER_MS = 1_000;

/** Tries calls of a store again while that cannot do harm, and spares a store that is gone. One for each open driver. */
export class Retries {
  readonly #policy: IPolicy;

  constructor() {
    const breaker = circuitBreaker(
      handleWhen((error) => error instanceof TooLate || (isStoreError(error) && error.code === 'StoreUnavailable')),
      { halfOpenAfter: TRY_AGAIN_AFTER_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
    const again = retry(handleWhen(canBeTriedAgain), {
      maxAttempts: ATTEMPTS,
      backoff: new ExponentialBackoff({ initialDelay: FIRST_DELAY_MS, maxDelay: LAST_DELAY_MS }),
    });
    this.#policy = wrap(again, breaker);
  }

  /** Throws what the last try threw. A write must keep its token over all tries. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const until = performance.now() + TRY_FOR_MS;
    try {
      return await this.#policy.execute(async () => {
        try {
          return await call();
        } catch (error) {
          throw performance.now() > until && canBeTriedAgain(error) ? new TooLate(error) : error;
        }
      });
    } catch (error) {
      if (error instanceof TooLate) throw error.cause;
      if (!(error instanceof BrokenCircuitError)) throw error;
      const message = `the store failed ${FAILURES_TO_OPEN} times in a row and is tried again within ${TRY_AGAIN_AFTER_MS} ms`;
      throw new StoreError('StoreUnavailable', message, { retryAfterMs: TRY_AGAIN_AFTER_MS });
    }
  }
}

/** What a try threw that would otherwise be tried again. */
class TooLate extends Error {
  constructor(cause: unknown) {
    super('no time is left for another try', { cause });
  }
}

/** Nothing was applied, and waiting may help. A store that is full says no time: it will not be less full in a moment. */
function canBeTriedAgain(error: unknown): boolean {
  if (!isStoreError(error)) return false;
  return error.code === 'StoreUnavailable' || (error.code === 'Throttled' && error.details.retryAfterMs !== undefined);
}
