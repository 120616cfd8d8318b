import { afterAll, beforeAll, expect, test } from 'vitest';
import { cases, NOT_RUN_REASONS, openSuite } from '@stategate/journal-spi/conformance';
import type { ConformanceSuite, ConformanceTarget } from '@stategate/journal-spi/conformance';

/** More than a case may take by itself, so that it is the suite that says which one was too slow. */
const TEST_TIMEOUT_MS = 40_000;
const MORE_MS = 10_000;

/** One test for each case of the conformance suite. What a driver does not support is shown as skipped, with the reason. */
export function testConformance(prepare: () => Promise<ConformanceTarget>): void {
  let suite: ConformanceSuite | undefined;

  beforeAll(async () => {
    suite = await openSuite(await prepare());
  });
  afterAll(() => suite?.close());

  for (const conformanceCase of cases) {
    const timeout = Math.max(TEST_TIMEOUT_MS, (conformanceCase.deadlineMs ?? 0) + MORE_MS);
    test(`${conformanceCase.id} ${conformanceCase.title}`, { timeout }, async ({ skip }) => {
      if (suite === undefined) throw new Error('the store was not opened');
      const result = await suite.run(conformanceCase);
      if (result.outcome === 'fail') throw result.error;
      if (result.outcome === 'not-run') skip(`not run: ${NOT_RUN_REASONS[result.reason]}`);
      if (result.outcome === 'unsupported') skip('unsupported: declared absent, and its absence was checked');
      expect(result.outcome).toBe('pass');
    });
  }
}
