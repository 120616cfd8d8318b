import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with what was not run and why, and one line that counts: `N passed, N failed, N skipped`. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const reasons = new Map<string, number>();
    const flaky: string[] = [];
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      // A file that cannot be loaded, or whose hook fails, fails without a failing test.
      if (module.state() === 'failed' && tests.every((test) => test.result().state !== 'failed')) counts.failed += 1;
      for (const test of tests) {
        const result = test.result();
        if (result.state === 'pending') continue;
        counts[result.state] += 1;
        if (result.state === 'passed' && (test.diagnostic()?.retryCount ?? 0) > 0) flaky.push(test.fullName);
        if (result.state !== 'skipped') continue;
        const reason = result.note ?? 'no reason given';
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    for (const name of flaky) process.stdout.write(`passed at the second try: ${name}\n`);
    for (const [reason, count] of reasons) process.stdout.write(`not run: ${count} × ${reason}\n`);
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
