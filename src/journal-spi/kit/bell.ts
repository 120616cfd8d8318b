import type { OpOptions } from '../stream.ts';
import { MAX_TIMER_MS } from './within.ts';

/** Where a live feed waits for the next append: of this process, which rings, or of another one, after a while. */
export interface Bell {
  /** Wakes all who wait now. */
  ring(): void;
  /** Returns when it rings, when `ms` have passed, or when nobody waits any more: check `throwIfOver` next. */
  wait(ms: number, options: OpOptions): Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },

    async wait(ms, { signal, deadline = Infinity }) {
      if (signal?.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      const timer = setTimeout(wake, Math.max(0, Math.min(ms, deadline - performance.now() + 1, MAX_TIMER_MS)));
      signal?.addEventListener('abort', wake);
      waiting.add(wake);
      await promise;
      waiting.delete(wake);
      signal?.removeEventListener('abort', wake);
      clearTimeout(timer);
    },
  };
}
