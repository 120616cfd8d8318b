import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { notRun } from '../support/not-run.ts';
import { ROOT } from '../support/process.ts';
import { findProgram } from '../support/servers/programs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Ways, waysDescriptors } from '../support/ways.ts';

const TIMEOUT_MS = 90_000;
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };

interface PageServer extends AsyncDisposable {
  readonly origin: string;
  /** What the page posts when it is done. */
  readonly outcome: Promise<unknown>;
}

/** Gives a browser the page, and the packages that it uses as npm installed them. */
async function servePage(): Promise<PageServer> {
  const outcome = Promise.withResolvers<unknown>();
  const fileOf = (path: string): string =>
    path.startsWith('/node_modules/')
      ? join(ROOT, normalize(path))
      : join(ROOT, 'test/foreign/browser', normalize(path));
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('end', () => outcome.resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.end();
      return;
    }
    const content = path === '/ways.binpb' ? Promise.resolve(waysDescriptors) : readFile(fileOf(path));
    content.then(
      (bytes) =>
        response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outcome: outcome.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Opens a page in Chromium, in a profile of its own. */
function openPage(chromium: string, profile: string, url: string): Disposable & { readonly ended: Promise<string> } {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const child = spawn(chromium, [...flags, '--disable-background-networking', `--user-data-dir=${profile}`, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
  const ended = new Promise<string>((resolve) => {
    child.once('exit', () => resolve(output));
    child.once('error', (error) => resolve(error.message));
  });
  return {
    ended,
    [Symbol.dispose]() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    },
  };
}

test(
  'a page in Chromium, of another origin, calls in every way that it has',
  { timeout: TIMEOUT_MS },
  async (context) => {
    const chromium = (await findProgram('chromium')) ?? (await findProgram('google-chrome'));
    if (chromium === undefined) notRun(context, 'chromium is missing: npm run test:install chromium');
    await using page = await servePage();
    await using ways = await Ways.start({ cors: { origins: [page.origin], credentials: false } });
    using profile = tempDir();
    using browser = openPage(chromium, profile.path, `${page.origin}/page.html?api=${encodeURIComponent(ways.url)}`);
    const gone = browser.ended.then((output) => {
      throw new Error(`Chromium has ended: ${output}`);
    });
    const all = { echo: { text: 'hi', number: 2 }, header: 'a', error: [3, 'größer'] };
    const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
    expect(await Promise.race([page.outcome, gone])).toEqual({
      'connect-web, Connect in JSON': { ...all, numbers: [] },
      'connect-web, Connect in bytes': { ...all, numbers: [] },
      'connect-web, gRPC-Web': { ...all, numbers },
      'grpc-web, binary': { ...all, numbers: [] },
      'grpc-web, text': { ...all, numbers },
    });
  },
);
