import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver } from '@stategate/journal-spi';
import { cases, openSuite, parseReport } from '@stategate/journal-spi/conformance';
import type { ConformanceSuite } from '@stategate/journal-spi/conformance';
import { validateConfig } from '@stategate/journal-spi/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import etcd from '../../examples/third-party-driver/src/index.ts';
import { resultFile } from '../../tools/matrix/evidence.ts';
import { freePort } from '../support/ports.ts';
import { ROOT, startNode } from '../support/process.ts';
import { ProxyProcess } from '../support/proxy-process.ts';
import { present, startServer } from '../support/servers.ts';
import { tempDir } from '../support/temp-dir.ts';
import { certify, DRIVER, installThirdParty, SOURCES, startCommand, writeConfig } from './third-party-app.ts';
import { askEtcd, etcdTarget } from './third-party-target.ts';

/** A machine that tests is busy with more than the store. */
const CASE_DEADLINE_MS = 90_000;

const server = await startServer('etcd', { own: true });
const missing = 'missing' in server;
const dir = tempDir();
let app = '';

afterAll(async () => {
  dir[Symbol.dispose]();
  if (!missing) await server.stop();
});

beforeEach((context) => void present(context, server));

describe('the driver of another party, installed', () => {
  beforeAll(async () => {
    if (!missing) app = await installThirdParty(dir.path);
  }, 180_000);

  test('knows nothing of ours but the SPI', () => {
    expect(readdirSync(join(app, 'node_modules/@stategate'))).toEqual(['journal-spi']);
    const { dependencies } = JSON.parse(readFileSync(join(app, 'node_modules', DRIVER, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['@grpc/grpc-js', '@grpc/proto-loader', 'zod']);
    const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(workspaces.filter((folder: string) => matchesGlob(SOURCES, folder))).toEqual([]);
  });

  test('is certified by the command, as its committed result says', { timeout: 300_000 }, async () => {
    if (missing) throw new Error(server.missing);
    const report = await certify(app, server.url);
    const committed = parseReport(readFileSync(join(ROOT, resultFile(DRIVER)), 'utf8'));
    expect(report.driver).toEqual(committed.driver);
    expect(report.capabilities).toEqual(committed.capabilities);
    expect(report.limits).toEqual(committed.limits);
    const outcomes = (of: typeof report) => Object.fromEntries(of.cases.map(({ id, outcome }) => [id, outcome]));
    expect(outcomes(report), `npm run conformance ${DRIVER} && npm run matrix`).toEqual(outcomes(committed));
  });

  test('keeps a cart when the proxy is killed', { timeout: 120_000 }, async () => {
    if (missing) throw new Error(server.missing);
    const userFunctionPort = await freePort();
    await using _function = startNode([`${ROOT}/examples/shopping-cart/main.ts`], {
      env: { HOST: '127.0.0.1', PORT: String(userFunctionPort) },
    });
    const config = writeConfig(app, { url: server.url, prefix: 'carts/' });
    {
      await using proxy = await startProxy(config, userFunctionPort);
      for (const productId of ['apple', 'pear', 'apple']) await add(proxy, { productId, name: 'fruit', quantity: 2 });
      await proxy.process.kill('SIGKILL');
    }
    await using proxy = await startProxy(config, userFunctionPort);
    const { items } = (await (await fetch(proxy.url('/carts/ada'))).json()) as { items: readonly object[] };
    expect(items).toEqual([
      expect.objectContaining({ productId: 'apple', quantity: 4 }),
      expect.objectContaining({ productId: 'pear', quantity: 2 }),
    ]);
    await add(proxy, { productId: 'plum', name: 'fruit', quantity: 1 });
  });
});

/** What the command has no way to prepare: a server that dies, a store of a newer version. */
describe('the driver of another party, with a server that may be stopped', () => {
  let suite: ConformanceSuite | undefined;
  beforeAll(async () => {
    if (!missing) suite = await openSuite(etcdTarget(server), { caseDeadlineMs: CASE_DEADLINE_MS });
  });
  afterAll(() => suite?.close());

  test.for(cases.filter(({ needs }) => needs !== undefined))('$id $title', { timeout: 100_000 }, async (one) => {
    const result = await suite?.run(one);
    if (result?.outcome === 'fail') throw result.error;
    expect(result?.outcome).toBe('pass');
  });

  test('its feed gives everything that is left when etcd has compacted its history', async () => {
    if (missing) throw new Error(server.missing);
    const { definition, config } = etcdTarget(server);
    const driver = await definition.open(await validateConfig(definition, config), {
      warn: () => undefined,
      instanceId: 'test',
    });
    onTestFinished(() => driver.close());
    const { journal, feed } = driver;
    const fence = { scope: 'all', epoch: 1 };
    const append = (entityId: string, expected: number, count: number) =>
      journal.append(
        {
          stream: { namespace: 'default', persistenceId: 'cart', entityId },
          expected,
          fence,
          token: `${entityId}-${expected}`,
          events: Array.from({ length: count }, () => ({ manifest: 't', payload: Buffer.from('event') })),
        },
        {},
      );
    const read = async (after?: string) => {
      const query = { namespace: 'default', live: false, pageEvents: 4, ...(after !== undefined && { after }) };
      const pages = await Array.fromAsync(feed?.read(query, {}) ?? []);
      return pages.flatMap(({ events, checkpoint }) =>
        events.map(({ stream, sequenceNr }, i) => ({
          name: `${stream.entityId}${sequenceNr}`,
          ...(i === events.length - 1 && { checkpoint }),
        })),
      );
    };
    const start = await feed?.now('default', {});
    for (const expected of [0, 3, 6, 9]) for (const id of ['a', 'b', 'c']) await append(id, expected, 3);
    const before = await read(start);
    const all = before.map(({ name }) => name).toSorted();
    expect(all).toHaveLength(36);
    const middle = before[19]?.checkpoint;

    const { header } = await askEtcd(server.url, 'kv/range', { key: 'AA==' });
    await askEtcd(server.url, 'kv/compaction', { revision: Object(header).revision, physical: true });
    await append('d', 0, 1);
    const left = await read();
    expect(left.map(({ name }) => name).toSorted()).toEqual([...all, 'd1']);
    // From any page on, of the time before or of the scan, nothing is missing.
    for (const [from, seen] of [[middle, before.slice(0, 20)] as const, ...checkpoints(left)]) {
      const rest = await read(from);
      expect(new Set([...seen, ...rest].map(({ name }) => name))).toEqual(new Set([...all, 'd1']));
      expect(rest.length).toBeLessThanOrEqual(37 - seen.length + 3);
    }
  });
});

test('what is no address is refused, wherever it stands in the url', async () => {
  const urlOf = async (url: string) => (await validateConfig(etcd, { url })).url;
  for (const url of [
    'a:2379',
    'http://a',
    'http://a:99999',
    'http://u@a:1',
    'http://a:1,b:2',
    'http://a:1,',
    'http://a:1/b',
  ]) {
    await expect(urlOf(url)).rejects.toMatchObject({
      code: 'ConfigError',
      message: expect.stringContaining('commas'),
    });
  }
  const url = 'https://a:443, http://[::1]:2379/';
  expect(await urlOf(url)).toBe(url);
});

/** On the real server, so that it is its own words that are understood. */
test('what etcd refuses is told with the way out', { timeout: 60_000 }, async (context) => {
  const settings = { 'auth-token-ttl': '1', 'quota-backend-bytes': '300000' };
  await using own = present(context, await startServer('etcd', { settings }));
  const open = async (more: object): Promise<Driver> => {
    const { definition, config } = etcdTarget(own, { ...more });
    const env = { warn: () => undefined, instanceId: 'test' };
    return definition.open(await validateConfig(definition, config), env);
  };
  const root = { username: 'root', password: 'right' };
  const refused = (work: Promise<unknown>, code: string, says: RegExp) =>
    expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(says) });

  await refused(open(root), 'ConfigError', /leave store.config.username out/);
  for (const name of ['root', 'guest']) await askEtcd(own.url, 'auth/user/add', { name, password: 'right' });
  await askEtcd(own.url, 'auth/role/add', { name: 'root' });
  await askEtcd(own.url, 'auth/user/grant', { user: 'root', role: 'root' });
  await askEtcd(own.url, 'auth/enable', {});
  await refused(open({}), 'AuthError', /set store.config.username and store.config.password/);
  await refused(open({ ...root, password: 'wrong' }), 'AuthError', /check store.config.username/);
  await refused(open({ ...root, username: 'guest' }), 'AuthError', /needs a role/);
  await refused(open({ url: 'http://127.0.0.1:1' }), 'StoreUnavailable', /is store.config.url right/);

  const driver = await open(root);
  onTestFinished(() => driver.close());
  const stream = { namespace: 'default', persistenceId: 'cart', entityId: 'large' };
  const append = (expected: number) => {
    const events = [{ manifest: 't', payload: Buffer.alloc(100_000) }];
    return driver.journal.append(
      { stream, expected, fence: { scope: 'all', epoch: 1 }, token: `${expected}`, events },
      {},
    );
  };
  await append(0);
  // The session ends by then, and is begun again unnoticed.
  await sleep(3_000);
  await append(1);
  const full = async () => {
    for (let expected = 2; ; expected += 1) await append(expected);
  };
  await refused(full(), 'Throttled', /raise --quota-backend-bytes/);
  expect(await driver.health({})).toMatchObject({ ready: false, problems: [expect.stringContaining('NOSPACE')] });
  expect((await driver.journal.head(stream, {})).head).toBeGreaterThan(1);
});

function checkpoints<Event extends { readonly checkpoint?: string }>(events: readonly Event[]) {
  return events.flatMap(({ checkpoint }, i) =>
    checkpoint === undefined ? [] : [[checkpoint, events.slice(0, i + 1)] as const],
  );
}

async function startProxy(config: string, userFunctionPort: number): Promise<ProxyProcess> {
  const [apiPort, adminPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const settings = {
    'api.host': '127.0.0.1',
    'admin.host': '127.0.0.1',
    'admin.port': adminPort,
    'metrics.host': '127.0.0.1',
    'metrics.port': metricsPort,
  };
  const process = startCommand(app, [
    'serve',
    '--config',
    config,
    '--port',
    String(apiPort),
    '--function',
    `127.0.0.1:${userFunctionPort}`,
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ]);
  return new ProxyProcess(process, apiPort, adminPort).ready(30_000);
}

async function add(proxy: ProxyProcess, item: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(proxy.url('/cart/ada/items/add'), { method: 'POST', headers, body: JSON.stringify(item) });
  if (!answer.ok) throw new Error(await answer.text());
}
