import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import type { Driver, StoreErrorCode } from '@stategate/journal-spi';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { appendRequest, countEvents, errorOf, FENCE, openStore, ownServer, stream } from './redis-support.ts';

const PAGE = { events: 100, bytes: 1_000_000 };

test('kill -9 of the server under load: nothing acknowledged is lost, and the driver comes back by itself', async (context) => {
  const { server } = await ownServer(context);
  const driver = await openStore({ url: server.url });
  const codes = new Set<StoreErrorCode>();
  let loading = true;
  const writers = Array.from({ length: 32 }, async (_, n) => {
    const id = `e-${n}`;
    let head = 0;
    let request = appendRequest(id, head, 1 + (n % 3));
    while (loading) {
      try {
        head = (await driver.journal.append(request, {})).lastSequenceNr;
        request = appendRequest(id, head, 1 + (n % 3));
      } catch (error) {
        // The same token, once more: what was applied is a duplicate.
        codes.add(isStoreError(error) ? error.code : 'InvalidRequest');
        await sleep(5);
      }
    }
    return { id, head, pending: request.events.length };
  });
  for (const _ of [1, 2]) {
    await sleep(300);
    await server.kill9();
    const started = performance.now();
    expect((await errorOf(driver.journal.head(stream('e-0'), {}))).code).toBe('StoreUnavailable');
    expect(performance.now() - started).toBeLessThan(500);
    await server.restart();
    await eventually(async () => (await driver.health({})).ready);
  }
  await sleep(300);
  loading = false;
  for (const { id, head, pending } of await Promise.all(writers)) {
    expect(head).toBeGreaterThan(0);
    const found = await countEvents(driver, id);
    expect([head, head + pending]).toContain(found);
  }
  expect([...codes].toSorted()).toEqual(['AmbiguousWrite', 'StoreUnavailable']);
});

test('a server that comes back without what it acknowledged is HeadRegressed, and gives no epoch out twice', async (context) => {
  const { server } = await ownServer(context, { appendonly: 'no' });
  const driver = await openStore({ url: server.url });
  const { epoch } = await driver.fences.claim('default', 'all', 'first', {});
  await driver.journal.append(appendRequest('e', 0, 5), {});
  const offset = (await driver.feed?.now('default', {})) ?? '';
  await server.kill9();
  await server.restart();
  await eventually(async () => (await driver.health({})).ready);
  const lost = await errorOf(driver.journal.append(appendRequest('e', 5), {}));
  expect([lost.code, lost.details.expected, lost.details.actual]).toEqual(['HeadRegressed', 5, 0]);
  expect((await driver.fences.claim('default', 'all', 'next', {})).epoch).toBeGreaterThan(epoch);
  const feed = driver.feed?.read({ namespace: 'default', after: offset, live: false }, {});
  expect((await errorOf(Array.fromAsync(feed ?? []))).code).toBe('OffsetExpired');
});

test('what the server refuses has its name, changes nothing, and is over when its cause is', async (context) => {
  const { server, client } = await ownServer(context);
  const driver = await openStore({ url: server.url });
  await driver.journal.append(appendRequest('e', 0), {});
  const put = () =>
    driver.keyValue.put(
      {
        key: { namespace: 'default', collection: 'c', key: 'k' },
        value: { manifest: 't', payload: Buffer.from('v') },
        condition: { if: 'any' },
        fence: FENCE,
        token: crypto.randomUUID(),
      },
      {},
    );
  const refused = async (code: StoreErrorCode, text: RegExp) => {
    for (const work of [driver.journal.append(appendRequest('e', 1), {}), put()]) {
      const error = await errorOf(work);
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
    }
  };

  await client.config('SET', 'maxmemory', '1');
  await refused('Throttled', /raise maxmemory/);
  const full = await driver.health({});
  expect([full.ready, full.problems]).toEqual([false, [expect.stringContaining('maxmemory')]]);
  const next = { scope: 'all', epoch: 1 };
  expect(
    (await driver.journal.recover({ stream: stream('e'), fence: next, snapshot: true, page: PAGE }, {})).head.head,
  ).toBe(1);
  await driver.lease?.acquire('default', 'all', 'me', 1000, {});
  await client.config('SET', 'maxmemory', '0');

  await client.config('SET', 'min-replicas-to-write', '1');
  await refused('StoreUnavailable', /min-replicas-to-write/);
  await client.config('SET', 'min-replicas-to-write', '0');

  await client.call('REPLICAOF', '127.0.0.1', '1');
  await refused('StoreUnavailable', /replica|cannot be reached/);
  await eventually(async () => {
    const { ready, problems } = await driver.health({});
    return !ready && problems.some((problem) => problem.includes('replica'));
  });
  await client.call('REPLICAOF', 'NO', 'ONE');
  await eventually(async () => (await driver.health({})).ready);

  await client.config('SET', 'busy-reply-threshold', '20');
  const hog = client.duplicate();
  const looping = hog.eval('while true do end', 0).catch(() => undefined);
  await sleep(200);
  await refused('StoreUnavailable', /a script of somebody else/);
  await client.script('KILL');
  await looping;
  hog.disconnect();

  expect((await driver.journal.append(appendRequest('e', 1), {})).lastSequenceNr).toBe(2);
  expect((await put()).existed).toBe(false);
});

test('rights that are taken away are an AuthError, and foreign or missing keys an IntegrityError', async (context) => {
  const { server, client } = await ownServer(context);
  await client.acl('SETUSER', 'proxy', 'on', '>word', '~*', '+@all');
  const driver = await openStore({ url: server.url, username: 'proxy', password: 'word' });
  await driver.journal.append(appendRequest('e', 0), {});
  await client.acl('SETUSER', 'proxy', '-evalsha', '-eval');
  expect((await errorOf(driver.journal.append(appendRequest('e', 1), {}))).code).toBe('AuthError');
  await client.acl('SETUSER', 'proxy', '+@all');
  expect((await driver.journal.append(appendRequest('e', 1), {})).lastSequenceNr).toBe(2);

  await client.set('stategate:{default}:h:cart:foreign', 'x');
  expect((await errorOf(driver.journal.append(appendRequest('foreign', 0), {}))).code).toBe('IntegrityError');
  await client.del('stategate:{default}:h:cart:e');
  expect((await errorOf(driver.journal.append(appendRequest('e', 0), {}))).code).toBe('IntegrityError');
  expect(await client.xlen('stategate:{default}:e:cart:e')).toBe(2);
});

test('scripts that the server has forgotten are sent again, those of one stream still in order', async (context) => {
  const { server, client } = await ownServer(context);
  const driver = await openStore({ url: server.url });
  for (let round = 0; round < 20; round += 1) {
    await client.script('FLUSH');
    const requests = [0, 1, 2, 3].map((n) => appendRequest('e', 4 * round + n));
    const other = client.duplicate();
    const [outcomes] = await Promise.all([
      driver.journal.appendMany(requests, {}),
      driver.journal.append(appendRequest(`other-${round}`, 0), {}),
      other.ping(),
    ]);
    other.disconnect();
    expect(outcomes).toEqual([1, 2, 3, 4].map((n) => ({ lastSequenceNr: 4 * round + n, duplicate: false })));
  }
});

test('a silent server: writes are ambiguous, reads unavailable, both in time, and it heals', async (context) => {
  const { server } = await ownServer(context);
  const driver = await openStore({ url: server.url, timeoutMs: 500 });
  await driver.journal.append(appendRequest('e', 0), {});
  const request = appendRequest('e', 1);
  await server.pause();
  const started = performance.now();
  const errors = await Promise.all([
    errorOf(driver.journal.append(request, {})),
    errorOf(driver.journal.head(stream('e'), {})),
  ]);
  expect(errors.map(({ code }) => code)).toEqual(['AmbiguousWrite', 'StoreUnavailable']);
  expect(performance.now() - started).toBeLessThan(1500);
  await server.resume();
  await eventually(async () => (await driver.health({})).ready);
  const resolution = await driver.journal.resolve(request, {});
  expect(['applied', 'absent']).toContain(resolution.outcome);
  expect((await driver.journal.append(request, {})).lastSequenceNr).toBe(2);
  expect(await countEvents(driver, 'e')).toBe(2);
});

test('a feed of limited length expires the offsets that it has forgotten, and no others', async (context) => {
  const { server } = await ownServer(context, { appendfsync: 'no' });
  const driver = await openStore({ url: server.url, feedMaxAppends: 1000 });
  const early = await appendAndNow(driver, 0, 500);
  const late = await appendAndNow(driver, 500, 2500);
  await appendAndNow(driver, 2500, 2600);
  for (const after of [undefined, early]) {
    const expired = await errorOf(follow(driver, after));
    expect([expired.code, expired.message]).toEqual(['OffsetExpired', expect.stringContaining('feedMaxAppends')]);
  }
  expect(await follow(driver, late)).toBe(100);
  expect(await countEvents(driver, 'e')).toBe(2600);
});

test('a store that was opened only to read writes nothing', async (context) => {
  const { server, client } = await ownServer(context);
  const reader = await openStore({ url: server.url }, { readOnly: true });
  expect((await reader.schema.status({})).current).toBe(0);
  const recovery = { stream: stream('e'), fence: FENCE, snapshot: true, page: PAGE };
  for (const work of [
    reader.journal.append(appendRequest('e', 0), {}),
    reader.journal.recover(recovery, {}),
    reader.fences.claim('default', 'all', 'me', {}),
    reader.schema.migrate({}),
  ]) {
    expect((await errorOf(work)).code).toBe('Unsupported');
  }
  expect(await client.dbsize()).toBe(0);
});

async function appendAndNow(driver: Driver, from: number, to: number): Promise<string> {
  for (let expected = from; expected < to; expected += 100) {
    const requests = Array.from({ length: 100 }, (_, n) => appendRequest('e', expected + n));
    for (const outcome of await driver.journal.appendMany(requests, {})) if (isStoreError(outcome)) throw outcome;
  }
  return driver.feed?.now('default', {}) ?? '';
}

async function follow(driver: Driver, after: string | undefined): Promise<number> {
  const pages = driver.feed?.read({ namespace: 'default', live: false, ...(after === undefined ? {} : { after }) }, {});
  return (await Array.fromAsync(pages ?? [])).reduce((sum, { events }) => sum + events.length, 0);
}
