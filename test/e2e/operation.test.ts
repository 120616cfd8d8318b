import { writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { type Order, startModelFunction } from '../support/model-function.ts';
import { notRun } from '../support/not-run.ts';
import { probeRoot } from '../support/probe.ts';
import { type ProxyProcess, startProxy } from '../support/proxy-process.ts';
import { Recorder } from '../support/recorder.ts';
import { Scrape } from '../support/scrape.ts';
import type { ScriptedFunction } from '../support/scripted-function.ts';
import { startStore } from '../support/stores.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = probeRoot();
let userFunction: ScriptedFunction;
let received: Recorder;

beforeAll(async () => {
  received = new Recorder();
  userFunction = await startModelFunction(received, {});
});
afterAll(() => userFunction[Symbol.asyncDispose]());

const start = (settings: Readonly<Record<string, string | number>> = {}): Promise<ProxyProcess> =>
  startProxy({ userFunctionPort: userFunction.port, store: 'inmemory', settings }).then((proxy) => proxy.ready());

function post(proxy: ProxyProcess, id: string, order: Order, requestId = 'none'): Promise<Response> {
  return fetch(proxy.url('/stategate.test.Probe/Other'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    body: JSON.stringify({ id, text: JSON.stringify(order) }),
    signal: AbortSignal.timeout(20_000),
  });
}

describe('SIGHUP', () => {
  test('reads the log level again; a configuration that cannot be read changes nothing', async () => {
    using dir = tempDir();
    const config = dir.file('stategate.yaml');
    writeFileSync(config, 'log:\n  level: warn\n');
    await using proxy = await startProxy({ userFunctionPort: userFunction.port, store: 'inmemory', config });
    await proxy.ready();
    const hangUp = async (yaml: string, line: string): Promise<void> => {
      writeFileSync(config, yaml);
      process.kill(proxy.process.pid, 'SIGHUP');
      await proxy.process.prints(line);
    };
    expect((await post(proxy, 'first', { reply: 'unseen' })).status).toBe(200);

    await hangUp('log:\n  level: debug\n', '"logLevel":"debug"');
    expect((await post(proxy, 'second', { reply: 'secret payload' }, 'request-7')).status).toBe(200);
    await proxy.process.prints('"msg":"Call"');
    const calls = proxy.process.output.split('\n').filter((line) => line.includes('"msg":"Call"'));
    expect(calls).toHaveLength(1);
    expect(JSON.parse(calls[0] ?? '')).toMatchObject({
      level: 20,
      way: 'http',
      service: 'stategate.test.Probe',
      commandName: 'Other',
      entityId: 'second',
      requestId: 'request-7',
      code: 'OK',
    });
    expect(proxy.process.output).not.toContain('secret payload');

    await hangUp('log:\n  levle: info\n', 'The configuration cannot be read');
    await post(proxy, 'third', {}, 'request-8');
    await proxy.process.prints('request-8');
    await hangUp('log:\n  level: warn\n', '"logLevel":"warn"');
    await post(proxy, 'fourth', {}, 'request-9');
    expect(await proxy.process.kill('SIGTERM')).toBe(0);
    expect(proxy.process.output).not.toContain('request-9');
  });
});

describe('SIGTERM', () => {
  test('lets finish what runs, takes nothing new, says so, passivates and ends with 0', async () => {
    await using proxy = await start({ 'shutdown.drain': '20s' });
    using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
    const run = (id: string, order: Order) => client.call('Run', { id, text: JSON.stringify(order) });
    using keepAlive = keepAliveClient(proxy.apiPort);
    expect(await keepAlive.post('idle', {})).toBe(200);
    await run('quiet', {});
    const lives = received.lives('busy').length;
    const slow = run('busy', { afterMs: 2_000, reply: 'done' });
    const slowHttp = keepAlive.post('busy-http', { afterMs: 2_000 });
    await eventually(() => received.lives('busy').length > lives && received.lives('busy-http').length > 0);

    const exited = proxy.process.kill('SIGTERM');
    const told = performance.now();
    await eventually(async () => (await proxy.readiness()).text.includes('shutting down'), 1_500);
    expect((await proxy.readiness()).status).toBe(503);
    await expect(run('late', {})).rejects.toMatchObject({ code: grpcStatus.UNAVAILABLE });
    expect(received.lives('late')).toEqual([]);

    expect(await slow).toEqual({ text: 'done' });
    expect(await slowHttp).toBe(200);
    expect(await exited).toBe(0);
    expect(performance.now() - told).toBeLessThan(10_000);
    for (const id of ['quiet', 'busy', 'busy-http']) expect(received.lives(id).at(-1)?.at(-1)).toBe('half-close');
  }, 60_000);

  test('waits for what does not finish no longer than it may', async () => {
    await using proxy = await start({ 'shutdown.drain': '1s' });
    using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
    const stuck = client.call('Run', { id: 'stuck', text: JSON.stringify({ afterMs: 15_000 }) });
    const outcome = stuck.catch((error: { code: number }) => error.code);
    await eventually(() => received.lives('stuck').length > 0);
    const told = performance.now();
    expect(await proxy.process.kill('SIGTERM')).toBe(0);
    expect(performance.now() - told).toBeLessThan(4_000);
    expect(await outcome).toBe(grpcStatus.UNAVAILABLE);
  }, 60_000);
});

describe('a store that goes away', () => {
  test('makes the proxy not ready, with the reason, until it is back', async (context) => {
    await using owner = new AsyncDisposableStack();
    const store = await startStore('redis', { own: true });
    if ('missing' in store) notRun(context, store.missing);
    owner.use(store);
    const settings = Object.entries(store.config as object).map(([key, value]) => [
      `store.config.${key}`,
      JSON.stringify(value),
    ]);
    await using proxy = await startProxy({
      userFunctionPort: userFunction.port,
      store: 'redis',
      settings: { ...Object.fromEntries(settings), 'entities.relayTimeout': '4s' },
    });
    await proxy.ready(30_000);
    const up = async (): Promise<number> =>
      (await Scrape.of(proxy.metricsPort)).value('stategate_store_up', { store: 'main' });
    expect(await up()).toBe(1);

    await store.server?.kill9();
    const { text } = await eventually(async () => {
      const readiness = await proxy.readiness();
      return readiness.status === 503 ? readiness : undefined;
    }, 15_000);
    expect(text).toMatch(/^not ready: the store "main" \(.* at .*\) is away: ./);
    expect(await up()).toBe(0);
    const refused = await post(proxy, 'r', { events: ['x'] });
    expect(refused.status).toBe(503);
    const failures = (await Scrape.of(proxy.metricsPort)).samples('stategate_store_requests_total');
    expect(failures.find(({ labels }) => labels['outcome'] === 'StoreUnavailable')?.value).toBeGreaterThan(0);

    await store.server?.restart();
    await proxy.ready(30_000);
    expect(await up()).toBe(1);
    expect(await eventually(async () => (await post(proxy, 'r', { events: ['x'] })).status === 200, 20_000)).toBe(true);
    expect(proxy.process.output).toMatch(/The store is away[^]*The store answers again/);
  }, 120_000);
});

/** One connection of HTTP/1.1 that stays open. */
function keepAliveClient(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    post(id: string, order: Order): Promise<number | undefined> {
      return new Promise((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port,
          agent,
          method: 'POST',
          path: '/stategate.test.Probe/Other',
          timeout: 20_000,
        };
        const request = httpRequest({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode));
        });
        request.once('error', reject);
        request.end(JSON.stringify({ id, text: JSON.stringify(order) }));
      });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
