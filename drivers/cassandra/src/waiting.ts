import type { StoreError } from '@stategate/journal-spi';

/** The limits of a call that has a deadline, its own or the store's. */
export interface Bounded {
  readonly signal?: AbortSignal;
  readonly deadline: number;
}

/** The longest that `setTimeout` can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What the promise gives, unless nobody waits any more before it does: then it rejects with what `over` makes of why. */
export async function within<T>(
  promise: Promise<T>,
  { signal, deadline }: Bounded,
  over: (why: string, cause?: unknown) => StoreError,
): Promise<T> {
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(over('nobody waits for the answer any more', signal?.reason));
  const timer = setTimeout(
    () => reject(over('the deadline passed before there was an answer')),
    Math.min(deadline - performance.now(), MAX_TIMER_MS),
  );
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, lost]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
