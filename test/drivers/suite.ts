import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, NOT_RUN_REASONS, openSuite, parseReport } from '@stategate/journal-spi/conformance';
import type { CaseResult, ConformanceSuite, ConformanceTarget } from '@stategate/journal-spi/conformance';
import type { TestContext } from 'vitest';
import { notRun } from '../support/not-run.ts';
import type { MissingServer } from '../support/servers.ts';

/** Where test files run side by side, a store has not the machine to itself: elsewhere the deadline of the suite holds. */
const CASE_DEADLINE_MS = process.env['STATEGATE_TEST_COMPLETE'] === '1' ? 30_000 : 90_000;
/** A test may take more than its case, so that it is the suite that says which one was too slow. */
const MORE_MS = 10_000;

/**
 * One test for each case of the conformance suite. What a driver does not support is shown as skipped, with the reason. In the
 * end the outcomes are those of the committed result, where one is named.
 */
export function testConformance(prepare: () => Promise<ConformanceTarget | MissingServer>, committed?: string): void {
  let suite: ConformanceSuite | MissingServer | undefined;
  const results: CaseResult[] = [];

  beforeAll(async () => {
    const target = await prepare();
    suite = 'missing' in target ? target : await openSuite(target, { caseDeadlineMs: CASE_DEADLINE_MS });
  });
  afterAll(async () => {
    if (suite !== undefined && 'close' in suite) await suite.close();
  });
  const opened = (context: TestContext): ConformanceSuite => {
    if (suite === undefined) throw new Error('the store was not opened');
    return 'missing' in suite ? notRun(context, suite.missing) : suite;
  };

  for (const conformanceCase of cases) {
    const timeout = Math.max(CASE_DEADLINE_MS, conformanceCase.deadlineMs ?? 0) + MORE_MS;
    // A case that passes only at its second try has failed.
    test(`${conformanceCase.id} ${conformanceCase.title}`, { timeout, retry: 0 }, async (context) => {
      const { skip } = context;
      const result = await opened(context).run(conformanceCase);
      results.push(result);
      if (result.outcome === 'fail') throw result.error;
      if (result.outcome === 'not-run') skip(`not run: ${NOT_RUN_REASONS[result.reason]}`);
      if (result.outcome === 'unsupported') skip('unsupported: declared absent, and its absence was checked');
      expect(result.outcome).toBe('pass');
    });
  }

  if (committed === undefined) return;
  test(`${committed}.json says the same`, (context) => {
    const { driver } = opened(context);
    const report = parseReport(readFileSync(join(import.meta.dirname, 'results', `${committed}.json`), 'utf8'));
    expect(driver.capabilities).toEqual(report.capabilities);
    expect(outcomesOf(results), 'npm run conformance && npm run matrix').toEqual(outcomesOf(report.cases));
  });
}

function outcomesOf(all: readonly { readonly id: string; readonly outcome: string }[]): Record<string, string> {
  return Object.fromEntries(all.map(({ id, outcome }) => [id, outcome]));
}
