import type { HealthReport } from '../driver.ts';
import type { OpOptions } from '../stream.ts';

const DEFAULT_DEADLINE_MS = 2_000;
/** The longest that `setTimeout` can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * `Driver.health` around a probe of the store: the probe returns what will soon be wrong, and throws what is. It is given 2 s
 * when the caller says nothing else, and is not waited for any longer, even if it hangs.
 */
export async function checkHealth(
  options: OpOptions,
  probe: (options: OpOptions) => Promise<readonly string[]>,
): Promise<HealthReport> {
  const started = performance.now();
  const { signal, deadline = started + DEFAULT_DEADLINE_MS } = options;
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => over.reject(new Error('the store did not answer in time')),
    Math.max(0, Math.min(deadline - started, MAX_TIMER_MS)),
  );
  const onAbort = () => over.reject(new Error('nobody waited for the answer of the store'));
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  function report(ready: boolean, problems: readonly string[]): HealthReport {
    return { ready, latencyMs: performance.now() - started, problems };
  }
  try {
    return report(true, await Promise.race([probe({ ...options, deadline }), over.promise]));
  } catch (error) {
    return report(false, [error instanceof Error ? error.message : String(error)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
