import type { OpOptions } from '../stream.ts';

/** The longest that `setTimeout` can wait. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Why nobody waits any more: the deadline has passed, the signal was aborted, the store was closed. */
export type Over = 'late' | 'cancelled' | 'closed';

/** What else is done while waiting. */
export interface Waiting {
  /** Holds, for as long as it is waited for, what ends the waiting as `closed`. */
  readonly open?: Set<() => void>;
  /** Makes another error of the one that the work ended with. */
  readonly failed?: (error: unknown) => unknown;
  /** Called when the work has ended, waited for or not. */
  readonly ended?: () => void;
}

/**
 * What `work` comes to, unless nobody waits any more before it does: then it rejects with what `over` makes of the reason. With plain
 * callbacks, as every request to a server comes by here.
 */
export function within<T>(
  work: Promise<T>,
  { signal, deadline = Infinity }: OpOptions,
  over: (why: Over, cause?: unknown) => unknown,
  { open, failed, ended }: Waiting = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const leftMs = Math.max(0, Math.min(deadline - performance.now(), MAX_TIMER_MS));
    const timer = setTimeout(() => giveUp('late'), leftMs);
    const onAbort = () => giveUp('cancelled', signal?.reason);
    const onClose = () => giveUp('closed');
    function free(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      open?.delete(onClose);
    }
    function giveUp(why: Over, cause?: unknown): void {
      free();
      reject(over(why, cause));
    }
    signal?.addEventListener('abort', onAbort);
    open?.add(onClose);
    work.then(
      (result) => {
        free();
        ended?.();
        resolve(result);
      },
      (error: unknown) => {
        free();
        ended?.();
        reject(failed === undefined ? error : failed(error));
      },
    );
    if (signal?.aborted) onAbort();
  });
}
