import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ROOT, TestProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

// Alone on the machine, with the README's own ports: .ci/run starts it by itself.
test('a newcomer has a cart within a minute, by the commands of the README', async () => {
  using dir = tempDir();
  const clone = dir.file('stategate');
  execFileSync('git', ['clone', '--quiet', ROOT, clone]);
  const [install = '', ...tries] = commandsOf(readFileSync(join(clone, 'README.md'), 'utf8'));
  const [prepare = '', start = ''] = install.split(' && ');
  // Without what the shell that runs this test has put on the path.
  const env = {
    PATH: (process.env['PATH'] ?? '')
      .split(':')
      .filter((entry) => !entry.includes('node_modules'))
      .join(':'),
  };

  const began = performance.now();
  execFileSync('sh', ['-c', prepare], { cwd: clone, stdio: 'ignore', env: { ...process.env, ...env } });
  const installed = performance.now();
  await using proxy = new TestProcess('sh', ['-c', `exec ${start}`], { cwd: clone, env });
  await eventually(async () => (await fetch('http://localhost:8558/ready')).ok, 20_000, 'ready');
  const ready = performance.now();
  const [add = '', get = ''] = tries;
  expect(execFileSync('sh', ['-c', add]).toString()).toBe('{}');
  const answered = performance.now();
  expect(JSON.parse(execFileSync('sh', ['-c', get]).toString())).toEqual({
    items: [{ productId: 'tea', name: 'Tea', quantity: 2 }],
  });
  console.log(
    `npm ci ${ms(began, installed)}, then ready ${ms(installed, ready)}, first answer ${ms(began, answered)} after the beginning`,
  );
  expect(ready - installed).toBeLessThan(3_000);
  expect(answered - began).toBeLessThan(60_000);

  const printed = await proxy.prints('curl ');
  for (const line of printed.split('\n').filter((text) => text.startsWith('  curl ')))
    execFileSync('sh', ['-c', `${line} --fail`]);
  await proxy.kill('SIGINT');
  expect(proxy.output).toContain('Stopping: running commands are finished first');
  await eventually(
    () =>
      fetch('http://localhost:9000/').then(
        () => false,
        () => true,
      ),
    5_000,
    'a free port',
  );
}, 180_000);

/** The lines of the shell blocks that come before the sections on one's own function. */
function commandsOf(readme: string): readonly string[] {
  const [beginning = ''] = readme.split('## Your own function');
  return [...beginning.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
}

function ms(from: number, to: number): string {
  return `${Math.round(to - from)} ms`;
}
