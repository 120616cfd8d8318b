import type { TestContext } from 'vitest';

/** Where everything must be present (`STATEGATE_TEST_COMPLETE`), what is missing is a failure. */
const COMPLETE = process.env['STATEGATE_TEST_COMPLETE'] === '1';

/** Ends the test as not run, with its reason. */
export function notRun(context: TestContext, reason: string): never {
  if (COMPLETE) throw new Error(`must not be missing here: ${reason}`);
  return context.skip(reason);
}
