import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fresh = mkdtempSync(join(tmpdir(), 'generated-test-'));
afterAll(() => rmSync(fresh, { recursive: true }));

test('the committed files are what the generator makes', { timeout: 120_000 }, () => {
  execFileSync(process.execPath, [join(root, 'tools/generate-protocol.ts'), fresh]);
  const committed = join(root, 'proto/generated');
  expect(readdirSync(fresh).toSorted()).toEqual(readdirSync(committed).toSorted());
  for (const name of readdirSync(fresh)) {
    expect(readFileSync(join(fresh, name)).equals(readFileSync(join(committed, name)))).toBe(true);
  }
});

test('the codec needs no eval', () => {
  const script =
    "import { cloudstate } from '@stategate/protocol'; cloudstate.Command.decode(cloudstate.Command.encode({ id: 1 }).finish());";
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script];
  expect(() => execFileSync(process.execPath, flags, { cwd: root, stdio: 'pipe' })).not.toThrow();
});
