import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, type TestContext } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';
import { ROOT, TestProcess } from '../support/process.ts';
import { type ProxyProcess, startProxy } from '../support/proxy-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
/** The first start installs what the user function needs. */
const INSTALL_MS = 240_000;

/** A user function on a public support library, and what its library makes of failures. */
export interface ForeignFunction {
  readonly language: 'js' | 'python';
  /** Why it cannot run here; undefined when it can. */
  readonly missing: () => Promise<string | undefined>;
  readonly refusal: string;
  readonly exception: string;
  readonly noHandler: RegExp;
  readonly snapshots: boolean;
}

/** Everything that `foreign.tally.Tally` can do, asked by clients that are not ours either: buf curl for gRPC, curl for HTTP. */
export function testTally(foreign: ForeignFunction, notRun: (context: TestContext, reason: string) => never): void {
  test(
    `${foreign.language}: every method, by gRPC and HTTP, and all of it again after kill -9`,
    async (context) => {
      const missing = await foreign.missing();
      if (missing !== undefined) notRun(context, missing);
      using dir = tempDir();
      const port = await freePort();
      await using userFunction = startForeign(foreign.language, port);
      await listening(userFunction, port);
      const store = `sqlite:${dir.file('tally.db')}`;
      {
        await using proxy = await startProxy({
          userFunctionPort: port,
          store,
          settings: { 'snapshots.policy': 'always' },
        });
        await proxy.ready();
        await everyMethod(proxy, foreign);
        await proxy.process.kill('SIGKILL');
      }
      await using proxy = await startProxy({
        userFunctionPort: port,
        store,
        settings: { 'snapshots.policy': 'always' },
      });
      await proxy.ready();
      expect(await grpc(proxy, 'Get', { id: 'a' })).toEqual({ total: 16 });
      expect(await grpc(proxy, 'Get', { id: 'b' })).toEqual({ total: 1 });
      expect(await grpc(proxy, 'Plus', { id: 'a', amount: 1 })).toEqual({ total: 17 });

      // The user function may go as well: its entities come back with it.
      await userFunction.kill('SIGKILL');
      expect(await grpc(proxy, 'Get', { id: 'a' })).toMatchObject({ code: 'unavailable' });
      await using again = startForeign(foreign.language, port);
      await listening(again, port);
      await proxy.ready();
      expect(await grpc(proxy, 'Get', { id: 'a' })).toEqual({ total: 17 });
      if (foreign.snapshots) expect(await snapshotOf(store, 'a')).toBeGreaterThanOrEqual(3);
    },
    INSTALL_MS * 2,
  );
}

async function everyMethod(proxy: ProxyProcess, foreign: ForeignFunction): Promise<void> {
  expect(await grpc(proxy, 'Plus', { id: 'a', amount: 5 })).toEqual({ total: 5 });
  expect(await grpc(proxy, 'Plus', { id: 'a', amount: -5 })).toEqual({ code: 'unknown', message: foreign.refusal });
  expect(await grpc(proxy, 'Get', { id: 'a' })).toEqual({ total: 5 });
  expect(await grpc(proxy, 'Pass', { id: 'b', other: 'a' })).toEqual({ total: 5 });
  expect(await grpc(proxy, 'Both', { id: 'b', other: 'a' })).toEqual({});
  expect(await grpc(proxy, 'Get', { id: 'b' })).toEqual({ total: 1 });
  expect(await grpc(proxy, 'Get', { id: 'a' })).toEqual({ total: 6 });
  expect(await grpc(proxy, 'Boom', { id: 'a' })).toEqual({ code: 'unknown', message: foreign.exception });
  expect(await grpc(proxy, 'Missing', { id: 'a' })).toEqual({
    code: 'unknown',
    message: expect.stringMatching(foreign.noHandler),
  });

  expect(await curl(proxy, ['-d', '{"amount": 4}', '/tally/a/plus'])).toEqual([200, '{"total":10}']);
  expect(await curl(proxy, ['/tally/a'])).toEqual([200, '{"total":10}']);
  expect(await curl(proxy, ['-d', '{"amount": -1}', '/tally/a/plus'])).toEqual([500, foreign.refusal]);
  expect(await curl(proxy, ['-d', '{"id": "b", "other": "a"}', '/foreign.tally.Tally/Pass'])).toEqual([
    200,
    '{"total":10}',
  ]);
  expect(await curl(proxy, ['-d', '{"id": "a"}', '/foreign.tally.Tally/Boom'])).toEqual([500, foreign.exception]);
  for (const total of [12, 14, 16]) expect(await grpc(proxy, 'Plus', { id: 'a', amount: 2 })).toEqual({ total });
}

function startForeign(language: string, port: number): TestProcess {
  return new TestProcess('sh', [`${ROOT}/test/foreign/${language}/run.sh`], {
    env: { HOST: '127.0.0.1', PORT: String(port) },
  });
}

async function listening(userFunction: TestProcess, port: number): Promise<void> {
  const { connect } = await import('node:net');
  await eventually(
    async () => {
      if (!userFunction.running) throw new Error(`the user function has ended:\n${userFunction.output}`);
      return new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('connect', () => socket.end());
      });
    },
    INSTALL_MS,
    'a listening user function',
  );
}

/** What `buf curl` prints: the reply, or the error as an object. */
async function grpc(proxy: ProxyProcess, method: string, request: object): Promise<unknown> {
  const args = [
    'curl',
    '--http2-prior-knowledge',
    '--protocol',
    'grpc',
    '-d',
    JSON.stringify(request),
    proxy.url(`/foreign.tally.Tally/${method}`),
  ];
  const { stdout, stderr } = await run(`${ROOT}/node_modules/.bin/buf`, args, { timeout: 20_000 }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return JSON.parse(stdout || stderr);
}

async function curl(proxy: ProxyProcess, args: readonly string[]): Promise<[status: number, body: string]> {
  const path = args.at(-1) ?? '';
  const all = [
    '-sS',
    '--max-time',
    '20',
    '-w',
    '\n%{http_code}',
    '-H',
    'content-type: application/json',
    ...args.slice(0, -1),
    proxy.url(path),
  ];
  const { stdout } = await run('curl', all);
  const [, body = '', status] = /^([^]*)\n(\d+)$/.exec(stdout) ?? [];
  return [Number(status), body];
}

/** The sequence number of the newest snapshot, as `stategate store` shows it beside the running proxy. */
async function snapshotOf(store: string, entityId: string): Promise<number> {
  const { stdout } = await run(process.execPath, [
    '--conditions=source',
    `${ROOT}/src/cli/main.ts`,
    'store',
    'entities',
    '--store',
    store,
  ]);
  const [header = [], ...rows] = stdout.split('\n').map((line) => line.trim().split(/\s{2,}/));
  const row = rows.find((cells) => cells[header.indexOf('ENTITY ID')] === entityId);
  return Number(row?.[header.indexOf('SNAPSHOT')]);
}
