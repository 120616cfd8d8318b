import { readFileSync } from 'node:fs';
import { action, serve } from '@stategate/user-function';
import { MODEL_PROTOS } from '@stategate/tck';
import { expect, test } from 'vitest';
import { serveModel } from '../../../examples/tck-model/model.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { freePort } from '../../support/ports.ts';
import { ROOT, startNode, type TestProcess } from '../../support/process.ts';
import { tempDir } from '../../support/temp-dir.ts';

const start = (...args: readonly string[]): TestProcess => startNode([`${ROOT}/src/cli/main.ts`, 'tck', ...args]);

async function run(...args: readonly string[]): Promise<{ code: number | string; output: string }> {
  await using started = start(...args);
  return { code: await started.exited, output: started.output };
}

test('judges a user function, and writes the report', async () => {
  using dir = tempDir();
  const [json, junit] = [dir.file('report.json'), dir.file('report.xml')];
  await using running = await serveModel({ host: '127.0.0.1', port: 0 });
  const { code, output } = await run('--function', `${running.port}`, '--json', json, '--junit', junit);
  expect(output).toMatch(/ 1\/156 pass {4}action: verify action entity discovery \(\d+ ms\)\n/);
  expect(output).toMatch(/^event sourced +21 +0 +0$/m);
  expect(output).toContain('156 of 156 cases passed, 0 failed, 0 not run.');
  expect(code).toBe(0);
  const report = JSON.parse(readFileSync(json, 'utf8')) as { summary: object; results: readonly object[] };
  expect(report).toMatchObject({ judged: 'function', summary: { pass: 156, fail: 0, notRun: 0 } });
  expect(report.results[0]).toMatchObject({ suite: 'action', outcome: 'pass' });
  expect(readFileSync(junit, 'utf8')).toMatch(
    /<testsuite name="CRDT" tests="82" failures="0" skipped="0" time="[\d.]+">/,
  );
});

test('says what was expected and what came, and what was not run', async () => {
  using dir = tempDir();
  const junit = dir.file('report.xml');
  const service = 'cloudstate.tck.model.action.ActionTckModel';
  const wrong = () => ({ message: 'wrong' });
  const broken = action({
    service,
    commands: {
      ProcessUnary: wrong,
      ProcessStreamedIn: wrong,
      async *ProcessStreamedOut() {
        yield wrong();
      },
      async *ProcessStreamed() {
        yield wrong();
      },
    },
  });
  const two = action({ service: service.replace('TckModel', 'Two'), commands: { Call: () => ({}) } });
  await using running = await serve({ protos: [...MODEL_PROTOS], entities: [broken, two], host: '127.0.0.1', port: 0 });
  const address = `127.0.0.1:${running.port}`;
  const { code, output } = await run('--function', address, '--filter', 'state', '--junit', junit);
  expect(output).toContain('not run: value entity: needs cloudstate.tck.model.valueentity.ValueEntityTckModel');
  expect([code, output.includes('0 failed')]).toEqual([1, true]); // Nothing could be run.
  const judged = await run('--function', address, '--filter', 'unary command reply', '--junit', junit);
  expect(judged.code).toBe(1);
  expect(judged.output).toMatch(
    /fail action: verify unary command reply\n {2}response\n {2}expected .*'one'.*\n {2}got .*'wrong'/s,
  );
  expect(judged.output).toContain('0 of 4 cases passed, 4 failed, 0 not run.');
  expect(readFileSync(junit, 'utf8')).toMatch(/<failure message="response">expected .*&quot;one&quot;.*\ngot .*wrong/);
});

test('judges a proxy from both sides', async () => {
  const [port, apiPort] = [await freePort(), await freePort()];
  await using running = await serveModel({ host: '127.0.0.1', port: 0 });
  const listen = ['--listen', `127.0.0.1:${port}`, '--function', `127.0.0.1:${running.port}`];
  await using started = start('--proxy', `127.0.0.1:${apiPort}`, ...listen, '--filter', 'value entity');
  await started.prints(`its user function is to be port ${port}`);
  await using proxy = await InProcessProxy.start(port, { 'api.port': apiPort });
  expect([await started.exited, proxy.apiPort]).toEqual([0, apiPort]);
  expect(started.output).toContain('5 of 5 cases passed, 0 failed, 0 not run.');
});

test.each([
  [[], 'say who is judged: --function HOST:PORT for a user function, or --proxy HOST:PORT'],
  [['--function', 'localhost'], '--function localhost: write it as HOST:PORT'],
  [['--function', '1', '--wait', 'long'], '--wait long: give a number of seconds'],
  [['--function', '1', '--filter', 'nothing'], '--filter nothing: no case has that in its name'],
  [['--function', '1', '--wait', '0'], 'no user function at 127.0.0.1:1'],
  [['--proxy', '1', '--wait', '0', '--listen', '127.0.0.1:0'], 'no proxy has come to 127.0.0.1:0'],
])('says what is wrong with %j', async (args, message) => {
  const { code, output } = await run(...args);
  expect(code).toBe(1);
  expect(output).toContain(`stategate: ${message}`);
});
