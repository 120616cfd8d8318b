import { defineConfig } from 'vitest/config';

const COMPLETE = process.env['STATEGATE_TEST_COMPLETE'] === '1';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // Takes the ports of the README and a quiet machine: run by itself, see .ci/run.
    exclude: process.env['STATEGATE_TEST_FIRST_MINUTE'] === '1' ? [] : ['test/e2e/first-minute.test.ts'],
    reporters: ['default', './tools/closing-line-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most files start processes of their own: more of them at once than cores would only wait for each other. Where every server
    // must be there, one file has the machine to itself; what passes only at its second try is named at the end.
    maxWorkers: COMPLETE ? 1 : 2,
    retry: COMPLETE ? 1 : 0,
  },
});
