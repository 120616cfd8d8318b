import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import type { Driver, StoreErrorCode } from '@stategate/journal-spi';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { openStore, ownServer } from './redis-support.ts';
import { appendRequest, countEvents, errorOf, expectLostTail, fedEvents, FENCE, PAGE, stream } from './support.ts';

test('Z-12: a server that comes back without what it acknowledged is HeadRegressed, and gives no epoch out twice', async (context) => {
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

test('Z-12: a replica that is promoted without the tail is HeadRegressed, and no number is given out again unseen', async (context) => {
  const [{ server: primary }, { server: other, client: replica }] = [
    await ownServer(context),
    await ownServer(context),
  ];
  const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port);
  const replication = await FaultProxy.start({ port: portOf(primary) });
  onTestFinished(() => replication[Symbol.asyncDispose]());
  const address = await FaultProxy.start({ port: portOf(primary) });
  onTestFinished(() => address[Symbol.asyncDispose]());
  await replica.replicaof('127.0.0.1', replication.port);

  const driver = await openStore({ url: `redis://127.0.0.1:${address.port}` });
  expect(driver.capabilities.ackLossOnFailover).toBe(true);
  await driver.journal.append(appendRequest('e', 0), {});
  await eventually(async () => (await replica.xlen('stategate:{default}:e:cart:e')) === 1);
  replication.set({ kind: 'refuse' });
  replication.reset();
  await driver.journal.append(appendRequest('e', 1, 5), {});

  await primary.kill9();
  await replica.replicaof('NO', 'ONE');
  address.retarget(portOf(other));
  await expectLostTail(driver);
});

test('Z-11, Z-13, Z-20: what the server refuses has its name, changes nothing, and is over when its cause is', async (context) => {
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

test('Z-15: rights that are taken away are an AuthError, and foreign or missing keys an IntegrityError', async (context) => {
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

test('Z-18: scripts that the server has forgotten are sent again, those of one stream still in order', async (context) => {
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
  return (await fedEvents(driver, after)).length;
}
