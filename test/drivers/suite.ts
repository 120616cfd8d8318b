import { afterAll, beforeAll, expect, test } from 'vitest';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cases, NOT_RUN_REASONS, openSuite, parseReport } from '@stategate/journal-spi/conformance';
import type { CaseResult, ConformanceSuite, ConformanceTarget } from '@stategate/journal-spi/conformance';

/** A machine that tests is busy with more than the store. */
const CASE_DEADLINE_MS = 90_000;
/** A test may take more than its case, so that it is the suite that says which one was too slow. */
const MORE_MS = 10_000;

/**
 * One test for each case of the conformance suite. What a driver does not support is shown as skipped, with the reason. In the
 * end the outcomes are those of the committed result, when there is one of this name.
 */
export function testConformance(prepare: () => Promise<ConformanceTarget>, committed?: string): void {
  let suite: ConformanceSuite | undefined;
  const results: CaseResult[] = [];

  beforeAll(async () => {
    suite = await openSuite(await prepare(), { caseDeadlineMs: CASE_DEADLINE_MS });
  });
  afterAll(() => suite?.close());

  for (const conformanceCase of cases) {
    const timeout = Math.max(CASE_DEADLINE_MS, conformanceCase.deadlineMs ?? 0) + MORE_MS;
    test(`${conformanceCase.id} ${conformanceCase.title}`, { timeout }, async ({ skip }) => {
      if (suite === undefined) throw new Error('the store was not opened');
      const result = await suite.run(conformanceCase);
      results.push(result);
      if (result.outcome === 'fail') throw result.error;
      if (result.outcome === 'not-run') skip(`not run: ${NOT_RUN_REASONS[result.reason]}`);
      if (result.outcome === 'unsupported') skip('unsupported: declared absent, and its absence was checked');
      expect(result.outcome).toBe('pass');
    });
  }

  const file = join(import.meta.dirname, 'results', `${committed}.json`);
  test.skipIf(committed === undefined || !existsSync(file))(`${committed}.json says the same`, () => {
    const report = parseReport(readFileSync(file, 'utf8'));
    expect(suite?.driver.capabilities).toEqual(report.capabilities);
    expect(outcomesOf(results), 'npm run conformance && npm run matrix').toEqual(outcomesOf(report.cases));
  });
}

function outcomesOf(all: readonly { readonly id: string; readonly outcome: string }[]): Record<string, string> {
  return Object.fromEntries(all.map(({ id, outcome }) => [id, outcome]));
}
