import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { makeCertificate, needsOpenssl } from '../support/certificates.ts';
import { googleGrpcWeb } from '../support/google-grpc-web.ts';
import { notRun } from '../support/not-run.ts';
import { ROOT } from '../support/process.ts';
import { isExecutable } from '../support/servers/programs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { readTls } from '../../src/proxy/transport/tls.ts';
import { Ways, waysDescriptors } from '../support/ways.ts';

const run = promisify(execFile);
const ways = await Ways.start();
const dir = tempDir();
const schema = dir.file('ways.binpb');
writeFileSync(schema, waysDescriptors);
afterAll(async () => {
  dir[Symbol.dispose]();
  await ways[Symbol.asyncDispose]();
});

const hi = { text: 'hi', number: 2 };

describe('buf curl', () => {
  async function bufCurl(method: string, request: object, ...args: readonly string[]): Promise<readonly unknown[]> {
    const all = ['curl', ...args, '-d', JSON.stringify(request), `${ways.url}/ways.Ways/${method}`];
    const { stdout, stderr } = await run(`${ROOT}/node_modules/.bin/buf`, all, { timeout: 20_000 }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    // Every answer is an object over several lines; an error is one too.
    const text = stdout.trim() === '' ? stderr : stdout;
    return text
      .trim()
      .split(/\n(?=\{)/)
      .map((one) => JSON.parse(one) as unknown);
  }

  test.each([
    ['gRPC, by reflection', ['--protocol', 'grpc', '--http2-prior-knowledge']],
    ['gRPC-Web over HTTP/2, by reflection', ['--protocol', 'grpcweb', '--http2-prior-knowledge']],
    ['gRPC-Web over HTTP/1.1', ['--protocol', 'grpcweb', '--schema', schema]],
    ['Connect over HTTP/1.1', ['--protocol', 'connect', '--schema', schema]],
    ['Connect over HTTP/2, by reflection', ['--protocol', 'connect', '--http2-prior-knowledge']],
  ])('%s', { timeout: 60_000 }, async (_, args) => {
    expect(await bufCurl('Echo', { text: 'hi' }, ...args)).toEqual([hi]);
    expect(await bufCurl('Echo', { text: 'no', code: 5 }, ...args)).toMatchObject([
      { code: 'not_found', message: 'no' },
    ]);
    expect(await bufCurl('Count', { text: 'n', count: 2 }, ...args)).toEqual([
      { text: 'n', number: 1 },
      { text: 'n', number: 2 },
    ]);
  });

  test('lists all methods', { timeout: 60_000 }, async () => {
    const { stdout } = await run(`${ROOT}/node_modules/.bin/buf`, [
      'curl',
      '--list-methods',
      '--http2-prior-knowledge',
      ways.url,
    ]);
    expect(stdout).toMatch(/^grpc\.reflection\.v1\.ServerReflection\/ServerReflectionInfo$/m);
    expect(stdout).toMatch(/^ways\.Ways\/Echo$/m);
  });
});

describe('curl', () => {
  const json = ['-H', 'content-type: application/json', '-d', '{"text": "hi"}'];
  async function curl(url: string, ...args: readonly string[]): Promise<[version: string, body: string]> {
    const all = ['-sS', '--max-time', '20', '-w', '\n%{http_version}', ...args, `${url}/ways.Ways/Echo`];
    const { stdout } = await run('curl', all);
    const [, body = '', version = ''] = /^([^]*)\n(.*)$/.exec(stdout) ?? [];
    return [version, body];
  }

  test.each([
    ['HTTP/1.1', [], '1.1'],
    ['HTTP/2 known before', ['--http2-prior-knowledge'], '2'],
    // The upgrade is passed over, as it may be.
    ['HTTP/2 by upgrade', ['--http2'], '1.1'],
    ['compressed', ['--compressed'], '1.1'],
  ])('%s', async (_, args, version) => {
    expect(await curl(ways.url, ...args, ...json)).toEqual([version, '{"text":"hi","number":2}']);
  });

  test('TLS', async (context) => {
    await needsOpenssl(context);
    const files = await makeCertificate(dir.path, 'localhost');
    await using secure = await Ways.start({ tls: await readTls(files) });
    const trust = ['--cacert', files.cert];
    expect((await curl(secure.url, ...trust, ...json))[0]).toBe('2');
    expect((await curl(secure.url, '--http1.1', ...trust, ...json))[0]).toBe('1.1');
    await expect(curl(secure.url, ...json)).rejects.toThrow(/certificate/);
  });
});

describe.each(['text', 'binary'] as const)("Google's grpc-web, %s", (format) => {
  test('calls', async () => {
    expect(await googleGrpcWeb(ways.url, format, 'Echo', { text: 'hi' })).toEqual({ answers: [hi] });
  });

  test('gets errors', async () => {
    const { error } = await googleGrpcWeb(ways.url, format, 'Echo', { text: 'größer', code: 3 });
    expect(error).toEqual({ code: 3, message: 'größer' });
  });
});

// As text only: of binary answers it reads no streams.
test("Google's grpc-web reads a stream", async () => {
  const { answers } = await googleGrpcWeb(ways.url, 'text', 'Count', { text: 'n', count: 50 });
  expect(answers.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
});

test('Python: calls, streams, gzip, errors and reflection', async (context) => {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const python = join(cache, 'stategate-clients/python/.venv/bin/python');
  if (!(await isExecutable(python))) notRun(context, 'grpcio is missing: npm run test:install python');
  const script = join(ROOT, 'test/foreign/python-client/client.py');
  const { stdout } = await run(python, [script, `localhost:${ways.server.port}`], { timeout: 25_000 });
  expect(JSON.parse(stdout)).toEqual({
    echo: '0a0268691002',
    metadata: [
      ['x-echo', 'a'],
      ['x-echo-bin', '0102'],
    ],
    gzip: 10_006,
    count: ['0a016e1001', '0a016e1002', '0a016e1003'],
    error: ['FAILED_PRECONDITION', 'größer'],
    reflection: true,
  });
});
