import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseReport } from '@stategate/journal-spi/conformance';
import { ROOT, startNode } from '../../support/process.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FORGETFUL = './test/unit/cli/fixtures/forgetful-driver.ts';

test('shows each case, sums up by family, and writes the result', async () => {
  using folder = tempDir();
  const out = folder.file('result.json');
  const store = ['--driver', 'sqlite', '--set', `path=${folder.file('store.db')}`];
  const result = ['--out', out, '--variant', 'small', '--sources', 'drivers/sqlite/src'];
  const { code, output } = await run(...store, ...result, '--filter', 'JA-01, S-0*');
  expect(output).toContain('pass        JA-01  the first append of a stream gets sequence number 1');
  expect(output).toMatch(/snapshots +5 +0 +0 +0\n/);
  expect(output).toContain('6 of 6 cases passed, none failed');
  expect(code).toBe(0);
  const report = parseReport(readFileSync(out, 'utf8'));
  expect(report.driver).toMatchObject({ name: 'sqlite', package: '@stategate/driver-sqlite', variant: 'small' });
  expect(report.server).toMatchObject({ product: 'SQLite', kind: 'real' });
  expect(report.sources).toEqual([{ folder: 'drivers/sqlite/src', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  expect(report.cases.map(({ id }) => id)).toEqual(['JA-01', 'S-01', 'S-02', 'S-03', 'S-08', 'S-09']);
});

test('ends with exit code 1 and the reason when a case of a driver from a file fails', async () => {
  const { code, output } = await run('--driver', FORGETFUL, '--filter', 'JA-01,K-01,K-02');
  expect(output).toMatch(/fail +K-02 +.*\n +\S/);
  expect(output).toContain('1 of 3 cases failed: K-02');
  expect(code).toBe(1);
});

test('says what there is to choose from when it cannot begin', async () => {
  expect(await run('--driver', 'sqlite', '--filter', 'Q-01')).toEqual({
    code: 1,
    output: 'stategate: --filter Q-01: there is no such case; write JA-01,JA-02 or F-*\n',
  });
  const { code, output } = await run('--driver', './no-such-driver.ts');
  expect([code, output]).toEqual([1, `stategate: store.driver: there is no file ${ROOT}/no-such-driver.ts\n`]);
  expect((await run('--driver', 'sqlite', '--set', 'pat=x', '--filter', 'JA-01')).output).toContain('pat');
});

async function run(...args: readonly string[]): Promise<{ code: number | string; output: string }> {
  await using started = startNode([`${ROOT}/src/cli/main.ts`, 'conformance', 'run', ...args]);
  return { code: await started.exited, output: started.output };
}
