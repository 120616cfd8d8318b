import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { ROOT, startNode, type TestProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';

const COUNTER = [process.execPath, '--conditions=source', `${ROOT}/test/unit/cli/fixtures/counter.ts`];

let folder: ReturnType<typeof tempDir>;
let dev: TestProcess | undefined;
beforeEach(() => {
  folder = tempDir();
});
afterEach(async () => {
  // The second one means at once, and with the user function.
  void dev?.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await dev?.kill('SIGTERM');
  folder[Symbol.dispose]();
});

async function startDev(
  args: readonly string[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<TestProcess> {
  const ports = {
    'api.port': await freePort(),
    'admin.port': await freePort(),
    'metrics.port': await freePort(),
    'userFunction.port': await freePort(),
  };
  const set = Object.entries({ ...ports, ...settings })
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) => ['--set', `${key}=${String(value)}`]);
  dev = startNode([`${ROOT}/src/cli/main.ts`, 'dev', ...set, ...args], { cwd: folder.path });
  return dev;
}

async function shell(command: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', `${command} --silent --show-error --fail-with-body`])).stdout;
}

function curlLines(output: string): readonly string[] {
  return output.split('\n').flatMap((line) => /^ {2}(curl .*)$/.exec(line)?.[1] ?? []);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function functionPid(output: string): number {
  return Number(
    output
      .matchAll(/counter (\d+) listens/g)
      .toArray()
      .at(-1)?.[1],
  );
}

describe('stategate dev', () => {
  test('prints curl lines that work when pasted, and keeps the state in ./.stategate', async () => {
    const started = await startDev(['--', ...COUNTER]);
    const [post, get] = curlLines(await started.prints(/Ready[^]*curl[^]*curl.*\n/));
    expect(JSON.parse(await shell(post ?? ''))).toEqual({ value: 1 });
    expect(JSON.parse(await shell(post ?? ''))).toEqual({ value: 2 });
    expect(JSON.parse(await shell(get ?? ''))).toEqual({ value: 2 });
    expect(await started.kill('SIGINT')).toBe(0);

    const again = await startDev(['--', ...COUNTER]);
    const [, getAgain] = curlLines(await again.prints(/Ready[^]*curl[^]*curl.*\n/));
    expect(JSON.parse(await shell(getAgain ?? ''))).toEqual({ value: 2 });
  });

  test('stops the user function with itself', async () => {
    const started = await startDev(['--', ...COUNTER]);
    const pid = functionPid(await started.prints('Ready'));
    expect(isAlive(pid)).toBe(true);
    expect(await started.kill('SIGTERM')).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  test('starts a crashed user function again', async () => {
    const started = await startDev(['--', ...COUNTER]);
    const output = await started.prints(/Ready[^]*curl[^]*curl.*\n/);
    const [post] = curlLines(output);
    await shell(post ?? '');
    process.kill(functionPid(output), 'SIGKILL');
    await started.prints('the user function ended with SIGKILL; it is started again in 0.5 s');
    await started.prints(/listens[^]*listens[^]*The user function is back/);
    expect(JSON.parse(await shell(post ?? ''))).toEqual({ value: 2 });
  });

  test('says which port is taken, and how to choose another one', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '0.0.0.0');
    try {
      const started = await startDev(['--', ...COUNTER], { 'api.port': port });
      expect(await started.exited).toBe(1);
      expect(started.output).toMatch(
        new RegExp(
          `^stategate: port ${port} is taken: stop what listens there, or choose another one with --port \\d+\n$`,
        ),
      );
    } finally {
      other.close();
    }
  });

  test('takes free ports for everything else, and says so', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '0.0.0.0');
    try {
      const started = await startDev(['--', ...COUNTER], {
        'admin.port': port,
        'metrics.port': port,
        'userFunction.port': port,
      });
      const output = await started.prints('Ready');
      for (const what of ['admin', 'metrics', 'the user function'])
        expect(output).toMatch(new RegExp(`Port ${port} is taken: ${what} uses \\d+ instead.`));
    } finally {
      other.close();
    }
  });

  test('uses a user function that runs already', async () => {
    const port = await freePort();
    await using running = startNode([`${ROOT}/test/unit/cli/fixtures/counter.ts`], { env: { PORT: String(port) } });
    await running.prints('listens');
    const started = await startDev(['--function', `127.0.0.1:${port}`], { 'userFunction.port': undefined });
    await started.prints('Ready');
    expect(await started.kill('SIGINT')).toBe(0);
    expect(running.running).toBe(true);
  });

  test('says what to do when the user function stays silent', async () => {
    const started = await startDev(['--', 'sleep', '60']);
    const output = await started.prints(/after 10 s.*\n/);
    expect(output).toMatch(
      /Nothing listens on 127.0.0.1:\d+ after 10 s, where the user function should be: it must listen on \$HOST:\$PORT/,
    );
  });

  test.each([
    [['--', 'no-such-program'], 'cannot start "no-such-program": there is no such program'],
    [['--function', '127.0.0.1:1', '--', 'node'], 'give either --function or a command after "--", not both'],
  ])('%j is refused in a line', async (args, message) => {
    const started = await startDev(args, args.includes('--function') ? { 'userFunction.port': undefined } : {});
    expect(await started.exited).toBe(1);
    expect(started.output).toContain(`stategate: ${message}\n`);
    expect(started.output).not.toContain('    at ');
  });
});
