import { randomInt, randomUUID } from 'node:crypto';
import type { Driver, DriverEnv } from '../driver.ts';
import { validateConfig } from '../kit/index.ts';
import type { CaseContext, CaseResult, ConformanceCase, ConformanceTarget } from './case.ts';
import { cases } from './cases.ts';

const CASE_DEADLINE_MS = 30_000;

export interface SuiteOptions {
  /** A case that takes longer fails; 30 s when absent. */
  readonly caseDeadlineMs?: number;
  /** For what a case leaves to chance; drawn when absent. */
  readonly seed?: number;
}

export interface RunOptions extends SuiteOptions {
  /** Which cases to run; all when absent. */
  readonly filter?: (conformanceCase: ConformanceCase) => boolean;
  readonly onResult?: (result: CaseResult) => void;
}

/** Runs the suite against a store, one case after the other. Rejects only when the store cannot be opened at all. */
export async function runConformance(target: ConformanceTarget, options: RunOptions = {}): Promise<CaseResult[]> {
  const suite = await openSuite(target, options);
  try {
    const results: CaseResult[] = [];
    for (const conformanceCase of cases.filter(options.filter ?? (() => true))) {
      const result = await suite.run(conformanceCase);
      options.onResult?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await suite.close();
  }
}

/** For harnesses that run the cases themselves. */
export interface ConformanceSuite {
  /** The store as it was opened. */
  readonly driver: Driver;
  readonly seed: number;
  /** Never rejects for a driver's fault: that is a result. */
  run(conformanceCase: ConformanceCase): Promise<CaseResult>;
  close(): Promise<void>;
}

/** Opens and migrates the store once for all cases. Each works in a namespace of its own, so they may run in any order. */
export async function openSuite(
  target: ConformanceTarget,
  { caseDeadlineMs = CASE_DEADLINE_MS, seed = randomInt(2 ** 31) }: SuiteOptions = {},
): Promise<ConformanceSuite> {
  const driver = await openTarget(target);
  await driver.schema.migrate({});
  const runId = randomUUID().slice(0, 8);

  async function run(conformanceCase: ConformanceCase): Promise<CaseResult> {
    const { id, title, needs = [] } = conformanceCase;
    const started = performance.now();
    const notes: string[] = [];
    const done = () => ({ id, title, notes, durationMs: performance.now() - started });
    const supported = conformanceCase.requires === undefined || conformanceCase.requires(driver.capabilities);
    const missing = needs.find((hook) => target.hooks?.[hook] === undefined);
    if (supported && missing !== undefined) {
      return { ...done(), outcome: 'not-run', reason: missing === 'server' ? 'server-not-available' : 'no-hook' };
    }
    try {
      const deadlineMs = Math.max(caseDeadlineMs, conformanceCase.deadlineMs ?? 0);
      const chance = { random: randomOf(seed), note: (text: string) => void notes.push(text) };
      await withContext(target, driver, `ct-${runId}-${id}`, deadlineMs, async (given) => {
        const context = { ...given, ...chance };
        if (conformanceCase.requires === undefined || supported) await conformanceCase.run(context);
        else await conformanceCase.absence(context);
      });
      return { ...done(), outcome: supported ? 'pass' : 'unsupported' };
    } catch (error) {
      return { ...done(), outcome: 'fail', error };
    }
  }

  return { driver, seed, run, close: () => driver.close() };
}

async function withContext(
  target: ConformanceTarget,
  driver: Driver,
  namespace: string,
  deadlineMs: number,
  body: (context: Omit<CaseContext, 'random' | 'note'>) => Promise<void>,
): Promise<void> {
  const opened: Driver[] = [];
  const abort = new AbortController();
  const options = { signal: abort.signal, deadline: performance.now() + deadlineMs };
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`the case took more than ${deadlineMs} ms`);
    abort.abort(error);
    deadline.reject(error);
  }, deadlineMs);

  async function start(): Promise<void> {
    const { epoch } = await driver.fences.claim(namespace, 'all', 'conformance', options);
    await body({
      driver,
      namespace,
      fence: { scope: 'all', epoch },
      options,
      target,
      async open(other = target, env = {}) {
        const another = await openTarget(other, env);
        opened.push(another);
        return another;
      },
    });
  }

  try {
    await Promise.race([start(), deadline.promise]);
  } finally {
    clearTimeout(timer);
    await Promise.allSettled(opened.map((another) => another.close()));
  }
}

async function openTarget(
  { definition, config }: ConformanceTarget,
  clock: Pick<DriverEnv, 'now'> = {},
): Promise<Driver> {
  const env: DriverEnv = { warn: () => undefined, instanceId: `conformance-${randomUUID()}`, ...clock };
  return definition.open(await validateConfig(definition, config), env);
}

/** The mulberry32 generator. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
