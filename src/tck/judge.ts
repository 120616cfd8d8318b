import type { Case, Suite } from './case.ts';
import { Mismatch } from './expect.ts';
import type { ModelWorld } from './model-world.ts';
import type { ProxyWorld } from './proxy-world.ts';

interface Judged {
  readonly suite: Suite;
  readonly name: string;
  readonly durationMs: number;
}

/** What became of one case. */
export type CaseResult = Judged &
  (
    | { readonly outcome: 'pass' }
    | { readonly outcome: 'not-run'; readonly reason: string }
    | { readonly outcome: 'fail'; readonly reason: string; readonly expected?: unknown; readonly got?: unknown }
  );

/** Runs one case. Never throws. */
export async function judge<World extends ModelWorld | ProxyWorld>(
  world: World,
  one: Case<World>,
): Promise<CaseResult> {
  const { suite, name, needs } = one;
  const missing = world.spec.missing(needs);
  if (missing.length > 0) {
    return { suite, name, durationMs: 0, outcome: 'not-run', reason: `needs ${missing.join(', ')}` };
  }
  const started = performance.now();
  const errors: unknown[] = [];
  const keep = (error: unknown): void => void errors.push(error);
  await one.run(world).catch(keep);
  await world.afterCase().catch(keep);
  const judged = { suite, name, durationMs: Math.round(performance.now() - started) };
  if (errors.length === 0) return { ...judged, outcome: 'pass' };
  const [error] = errors;
  if (!(error instanceof Mismatch)) return { ...judged, outcome: 'fail', reason: String(error) };
  return { ...judged, outcome: 'fail', reason: error.message, expected: error.expected, got: error.got };
}

/** Runs one case after the other, and tells of each. */
export async function judgeAll<World extends ModelWorld | ProxyWorld>(
  world: World,
  cases: readonly Case<World>[],
  onResult: (result: CaseResult) => void,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const one of cases) {
    const result = await judge(world, one);
    results.push(result);
    onResult(result);
  }
  return results;
}
