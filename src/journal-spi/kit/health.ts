import type { HealthReport } from '../driver.ts';
import type { OpOptions } from '../stream.ts';
import { within } from './within.ts';
import type { Over } from './within.ts';

const DEFAULT_DEADLINE_MS = 2_000;

/**
 * `Driver.health` around a probe of the store: the probe returns what will soon be wrong, and throws what is. It is given 2 s
 * when the caller says nothing else, and is not waited for any longer, even if it hangs.
 */
export async function checkHealth(
  options: OpOptions,
  probe: (options: OpOptions) => Promise<readonly string[]>,
): Promise<HealthReport> {
  const started = performance.now();
  const { deadline = started + DEFAULT_DEADLINE_MS } = options;
  const bounded = { ...options, deadline };
  function report(ready: boolean, problems: readonly string[]): HealthReport {
    return { ready, latencyMs: performance.now() - started, problems };
  }
  try {
    return report(true, await within(probe(bounded), bounded, over));
  } catch (error) {
    return report(false, [error instanceof Error ? error.message : String(error)]);
  }
}

function over(why: Over): Error {
  return new Error(why === 'late' ? 'the store did not answer in time' : 'nobody waited for the answer of the store');
}
