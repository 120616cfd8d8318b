import { defineConfig } from 'vitest/config';

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
    // Most files start processes of their own: more of them at once than cores would only wait for each other.
    maxWorkers: 2,
  },
});
