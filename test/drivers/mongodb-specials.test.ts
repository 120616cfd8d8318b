import type { StoreErrorCode } from '@stategate/journal-spi';
import { Timestamp } from 'mongodb';
import type { Db, Document } from 'mongodb';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { failNext, openStore, ownServer } from './mongodb-support.ts';
import { appendRequest, countEvents, errorOf, FENCE, PAGE, stream } from './support.ts';

const FAIL_POINTS = { 'enable-test-commands': '' };

/** What it meets, what it ends as, and what became of it, where that is certain. */
test.for<[string, Document, StoreErrorCode, 'absent' | 'applied' | undefined]>([
  ['a lost connection', { closeConnection: true }, 'AmbiguousWrite', undefined],
  ['no primary any more', { errorCode: 10_107 }, 'StoreUnavailable', 'absent'],
  ['a server that shuts down', { errorCode: 91 }, 'AmbiguousWrite', 'absent'],
  ['a full disk', { errorCode: 14_031 }, 'Throttled', 'absent'],
  ['rights that are missing', { errorCode: 13 }, 'AuthError', 'absent'],
  ['a rolled back write', { errorCode: 112 }, 'StoreUnavailable', 'absent'],
  ['a time limit of the server', { errorCode: 50 }, 'AmbiguousWrite', 'absent'],
  [
    'no confirmation by a majority',
    { writeConcernError: { code: 64, errmsg: 'waiting timed out' } },
    'AmbiguousWrite',
    'applied',
  ],
])('Z-11, Z-12, Z-20: an append that meets %s ends as it should', async ([, how, code, after], context) => {
  const { server, client } = await ownServer(context, FAIL_POINTS);
  const driver = await openStore({ url: server.url });
  await driver.journal.append(appendRequest('e', 0), {});
  const request = appendRequest('e', 1);
  await failNext(client, 1, 'update', how);
  expect((await errorOf(driver.journal.append(request, {}))).code).toBe(code);
  await eventually(async () => (await driver.health({})).ready);
  const { outcome } = await driver.journal.resolve(request, {});
  if (after !== undefined) expect(outcome).toBe(after);
  const { lastSequenceNr, duplicate } = await driver.journal.append(request, {});
  expect([lastSequenceNr, duplicate]).toEqual([2, outcome === 'applied']);
  expect(await countEvents(driver, 'e')).toBe(2);
});

test('a read that meets an error is never ambiguous', async (context) => {
  const { server, client } = await ownServer(context, FAIL_POINTS);
  const driver = await openStore({ url: server.url });
  for (const how of [{ closeConnection: true }, { errorCode: 10_107 }, { errorCode: 91 }, { errorCode: 1 }]) {
    await failNext(client, 1, 'find', how);
    expect((await errorOf(driver.journal.head(stream('e'), {}))).code).toBe('StoreUnavailable');
    await eventually(async () => (await driver.health({})).ready);
  }
  expect((await driver.journal.head(stream('e'), {})).exists).toBe(false);
});

test('Z-15: a set or a single server, a wrong password, a wrong host: found out when the store is opened', async (context) => {
  const single = await ownServer(context, { standalone: '' });
  const driver = await openStore({ url: single.server.url });
  expect(driver.capabilities).toMatchObject({ durability: 'disk', ackLossOnFailover: false, exclusive: 'lease' });
  expect(driver.server.product).toBe('SecantusDB');

  const { server } = await ownServer(context, { auth: '' });
  const login = { url: server.url, username: 'proxy', password: 'hunter2' };
  for (const config of [login, { url: server.url }]) {
    const refused = await errorOf(openStore(config));
    expect([refused.code, refused.message]).toEqual(['AuthError', expect.not.stringContaining('hunter2')]);
  }
  await server.kill9();
  const started = performance.now();
  const gone = await errorOf(openStore({ ...login, connectTimeoutMs: 500 }));
  expect([gone.code, gone.message]).toEqual(['StoreUnavailable', expect.not.stringContaining('hunter2')]);
  expect(performance.now() - started).toBeLessThan(3000);
  for (const url of ['mongodb://a:1,b:2/?directConnection=true', 'mongodb://localhost/?authMechanism=NONE']) {
    expect((await errorOf(openStore({ url }))).code).toBe('ConfigError');
  }
});

test('deleted events leave the store, their places stay taken: also for a writer who was away meanwhile', async (context) => {
  const { server, database } = await ownServer(context);
  const [away, driver] = [await openStore({ url: server.url }), await openStore({ url: server.url })];
  await away.journal.append(appendRequest('e', 0, 3), {});
  const next = { scope: 'all', epoch: 2 };
  await driver.journal.recover({ stream: stream('e'), fence: next, snapshot: true, page: PAGE }, {});
  await driver.journal.append(appendRequest('e', 3, 5, { fence: next }), {});
  await driver.journal.append(appendRequest('e', 8, 1, { fence: next }), {});
  await driver.journal.deleteTo(stream('e'), 6, next, {});

  const commits = await database.collection('stategate_journal').find().sort({ commit: 1 }).toArray();
  // Events 1 … 3, the seal, 4 … 8 of which 7 and 8 are left, 9, the deletion.
  expect(commits.map(({ commit, first, head, kept, body }) => [commit, first, head, kept, body !== undefined])).toEqual(
    [
      [1, 1, 3, undefined, false],
      [2, 4, 3, undefined, false],
      [3, 4, 8, 7, true],
      [4, 9, 9, undefined, true],
      [5, 10, 9, undefined, false],
    ],
  );
  expect(await countEvents(driver, 'e')).toBe(3);
  const late = await errorOf(away.journal.append(appendRequest('e', 3), {}));
  expect([late.code, late.details.current]).toEqual(['Fenced', 2]);

  await driver.journal.deleteTo(stream('e'), 7, next, {});
  await driver.journal.deleteTo(stream('e'), 9, next, {});
  expect(await countEvents(driver, 'e')).toBe(0);
  expect(await database.collection('stategate_journal').countDocuments({ body: { $exists: true } })).toBe(0);
  expect((await driver.journal.append(appendRequest('e', 9, 1, { fence: next }), {})).lastSequenceNr).toBe(10);
});

test('Z-12, Z-19: a store that lost its end is HeadRegressed, one with a hole or other bytes an IntegrityError', async (context) => {
  const { server, database } = await ownServer(context);
  const driver = await openStore({ url: server.url });
  const commits = database.collection('stategate_journal');
  for (const expected of [0, 1, 2]) await driver.journal.append(appendRequest('e', expected), {});
  const record = { entityId: 'e', commit: 2 };
  const before = await commits.findOne(record);
  const reading = () => errorOf(countEvents(driver, 'e'));

  await commits.deleteOne(record);
  expect((await reading()).code).toBe('IntegrityError');
  const body: unknown = before?.['body'].buffer;
  if (before === null || !(body instanceof Uint8Array)) throw new Error('the commit has no body');
  await commits.insertOne({ ...before, body: Buffer.from(body).fill(0, 0, 1) });
  expect((await reading()).code).toBe('IntegrityError');
  await commits.updateOne(record, { $set: { body: Buffer.from(body), head: 3, first: 2 } });
  expect((await reading()).code).toBe('IntegrityError');

  await commits.deleteMany({ entityId: 'e', commit: { $gt: 1 } });
  expect((await driver.journal.head(stream('e'), {})).head).toBe(1);
  const lost = await errorOf(driver.journal.append(appendRequest('e', 3), {}));
  expect([lost.code, lost.details.expected, lost.details.actual]).toEqual(['HeadRegressed', 3, 1]);
});

test.for<[string, (database: Db) => Promise<unknown>]>([
  ['database', (database) => database.dropDatabase()],
  ['journal', (database) => database.collection('stategate_journal').drop()],
])(
  'Z-19: a %s that is dropped under the driver takes no append until its indexes are there again',
  async ([, drop], context) => {
    const { server, database } = await ownServer(context);
    const [driver, idle] = [await openStore({ url: server.url }), await openStore({ url: server.url })];
    await driver.journal.append(appendRequest('e', 0), {});
    await idle.journal.append(appendRequest('f', 0), {});
    await drop(database);
    // Whoever owns the stream knows its tail, and does not look again before appending.
    const refused = await errorOf(driver.journal.append(appendRequest('e', 1), {}));
    expect([refused.code, refused.message]).toEqual([
      'StoreUnavailable',
      expect.stringContaining('has lost its collections'),
    ]);
    for (const store of [driver, idle]) {
      expect(await store.health({})).toMatchObject({
        ready: false,
        problems: [expect.stringMatching(/has lost its collections: .*store schema --apply/)],
      });
    }
    expect((await errorOf(driver.journal.append(appendRequest('e', 1), {}))).code).toBe('HeadRegressed');

    await driver.schema.migrate({});
    expect((await driver.health({})).ready).toBe(true);
    expect((await errorOf(driver.journal.append(appendRequest('e', 1), {}))).code).toBe('HeadRegressed');
    expect((await errorOf(idle.journal.append(appendRequest('f', 1), {}))).code).toBe('HeadRegressed');
    expect((await driver.journal.append(appendRequest('new', 0), {})).lastSequenceNr).toBe(1);
  },
);

test('a feed gives all events of one moment, in whatever order the names of their streams are', async (context) => {
  const { server, database } = await ownServer(context);
  const driver = await openStore({ url: server.url, feedDelayMs: 0 });
  // For a server the second one comes first, for JavaScript the first one does.
  const names = ['\u{1F600}', '\u{FF5E}'];
  for (const name of names) await driver.journal.append(appendRequest(name, 0), {});
  const moment = new Timestamp({ t: 1_000_000_000, i: 1 });
  await database.collection('stategate_journal').updateMany({}, { $set: { stamp: moment } });
  const seen: string[] = [];
  let after: string | undefined;
  for (const _ of names) {
    const query = { namespace: 'default', live: false, pageEvents: 1, ...(after !== undefined && { after }) };
    for await (const { events, checkpoint } of driver.feed?.read(query, {}) ?? []) {
      seen.push(...events.map(({ stream: { entityId } }) => entityId));
      after = checkpoint;
      break;
    }
  }
  expect(seen).toEqual(names.toReversed());
});

test('expired values leave the store, and their epochs stay', async (context) => {
  const { server, database } = await ownServer(context);
  const clock = { now: Date.now() };
  const driver = await openStore({ url: server.url }, { now: () => clock.now });
  const put = (key: string, epoch: number) =>
    driver.keyValue.put(
      {
        key: { namespace: 'default', collection: 'c', key },
        value: { manifest: 't', payload: Buffer.from('v') },
        condition: { if: 'any' },
        fence: { scope: 'all', epoch },
        token: crypto.randomUUID(),
        ttlMs: 1000,
      },
      {},
    );
  await put('a', 2);
  clock.now += 120_000;
  await put('b', 2);
  const values = database.collection('stategate_values');
  await eventually(async () => (await values.countDocuments({ entry: { $exists: true } })) === 1);
  expect((await errorOf(put('a', 1))).code).toBe('Fenced');
  expect((await put('a', 2)).existed).toBe(false);
});

test('a store that was opened only to read writes nothing', async (context) => {
  const { server, client } = await ownServer(context);
  const reader = await openStore({ url: server.url }, { readOnly: true });
  expect((await reader.schema.status({})).current).toBe(0);
  for (const work of [
    reader.journal.append(appendRequest('e', 0), {}),
    reader.journal.recover({ stream: stream('e'), fence: FENCE, snapshot: true, page: PAGE }, {}),
    reader.fences.claim('default', 'all', 'me', {}),
    reader.schema.migrate({}),
  ]) {
    expect((await errorOf(work)).code).toBe('Unsupported');
  }
  const { databases } = await client.db().admin().listDatabases();
  expect(databases.map(({ name }) => name)).not.toContain('stategate');
});
