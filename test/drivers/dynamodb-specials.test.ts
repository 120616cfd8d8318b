import { CreateTableCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StoreErrorCode } from '@stategate/journal-spi';
import { expect, test } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { configOf, faultProxy, itemsOf, openStore, ownServer, putRequest } from './dynamodb-support.ts';
import type { Fault } from './dynamodb-support.ts';
import { appendRequest, countEvents, errorOf, fedEvents, FENCE, PAGE, stream } from './support.ts';

const LARGE = 1_000_000;

test('a pointer that a crash left in the feed holds readers up for a while, and its append lands behind', async (context) => {
  const { client, config } = await ownServer(context);
  const driver = await openStore(config);
  await driver.journal.append(appendRequest('before', 0), {});
  // What a writer of "lost" does before it dies: its pointer is there, its commit is not.
  const pointer = { pk: { S: 'feed["default"]' }, sk: { S: '2'.padStart(16, '0') }, i: { S: '[["cart","lost",1]]' } };
  await client.send(new PutItemCommand({ TableName: 'store', Item: pointer }));
  await driver.journal.append(appendRequest('after', 0), {});

  const reader = await openStore(config, { readOnly: true });
  expect((await errorOf(fedEvents(reader))).code).toBe('Unsupported');
  const started = performance.now();
  expect(await fedEvents(driver)).toEqual(['before/1', 'after/1']);
  expect(performance.now() - started).toBeGreaterThan(1900);
  expect(await driver.journal.head(stream('lost'), {})).toEqual({ head: 0, deletedTo: 0, epoch: 0, exists: false });

  await driver.journal.append(appendRequest('lost', 0, 2), {});
  expect(await fedEvents(driver)).toEqual(['before/1', 'after/1', 'lost/1', 'lost/2']);
});

test('an append that was overtaken between its pointer and its commit takes the next place, and is fed once', async (context) => {
  const { server, client } = await ownServer(context);
  const driver = await openStore(configOf(server));
  let overtaken = false;
  const url = await faultProxy(server, (operation, body) => {
    if (operation !== 'PutItem' || !body.includes('stream[') || overtaken) return undefined;
    overtaken = true;
    return 'unsent';
  });
  const slow = await openStore({ ...configOf({ url }), timeoutMs: 5000 });
  const request = appendRequest('e', 0);
  // Nothing was applied, but nobody can know.
  expect((await errorOf(slow.journal.append(request, {}))).code).toBe('AmbiguousWrite');
  expect(await fedEvents(driver)).toEqual([]);
  expect(await slow.journal.append(request, {})).toEqual({ lastSequenceNr: 1, duplicate: false });
  expect(await fedEvents(driver)).toEqual(['e/1']);
  const places = (await itemsOf(client, 'stream["default","cart","e"]')).map((item) => item['l']?.N);
  expect(new Set(places)).toEqual(new Set(['0', '1']));
});

test('a seal is a commit without events, and without a write when the epoch is the same', async (context) => {
  const { client, config } = await ownServer(context);
  const driver = await openStore(config);
  const places = async () => (await itemsOf(client, 'stream[')).filter((item) => 'f' in item).length;
  await driver.journal.append(appendRequest('e', 0), {});
  const seal = (epoch: number) =>
    driver.journal.recover({ stream: stream('e'), fence: { ...FENCE, epoch }, snapshot: true, page: PAGE }, {});
  await seal(1);
  expect(await places()).toBe(1);
  await Promise.all([seal(7), seal(7), seal(7)]);
  expect(await places()).toBe(2);
  expect((await errorOf(driver.journal.append(appendRequest('e', 1), {}))).code).toBe('Fenced');
});

test('large bodies go into parts, and none stay behind when they are replaced or refused', async (context) => {
  const { client, config } = await ownServer(context);
  const driver = await openStore(config);
  const parts = async () => (await itemsOf(client, 'part[')).length;
  await driver.keyValue.put(putRequest(LARGE), {});
  expect(await parts()).toBe(3);
  await driver.keyValue.put(putRequest(LARGE), {});
  expect(await parts()).toBe(3);
  await errorOf(driver.keyValue.put(putRequest(LARGE, { condition: { if: 'absent' } }), {}));
  await driver.keyValue.put(putRequest(10), {});
  expect(await parts()).toBe(0);

  const large = appendRequest('e', 0, 1, { payload: 'x'.repeat(LARGE) });
  await driver.journal.append(large, {});
  expect(await driver.journal.append(large, {})).toEqual({ lastSequenceNr: 1, duplicate: true });
  await errorOf(driver.journal.append(appendRequest('e', 0, 1, { payload: 'x'.repeat(LARGE) }), {}));
  expect(await parts()).toBe(3);

  const state = { manifest: 't', payload: new Uint8Array(LARGE) };
  for (const sequenceNr of [1, 1, 1])
    await driver.snapshots.save(stream('e'), { ...state, sequenceNr }, FENCE, { keep: 1 });
  expect(await parts()).toBe(6);
  expect(await driver.snapshots.delete(stream('e'), {}, {})).toBe(1);
  expect(await parts()).toBe(3);
});

test('a write whose answer is lost is ambiguous, and resolves to what happened', async (context) => {
  const { server } = await ownServer(context);
  let fault: Fault;
  const url = await faultProxy(server, (operation, body) =>
    /PutItem|UpdateItem/.test(operation) && /stream\[|values\[/.test(body) ? fault : undefined,
  );
  const driver = await openStore(configOf({ url }));
  await driver.journal.append(appendRequest('e', 0), {});
  for (const [how, outcome] of [
    ['unsent', 'absent'],
    ['unanswered', 'applied'],
  ] as const) {
    fault = how;
    const { head } = await driver.journal.head(stream('e'), {});
    const request = appendRequest('e', head);
    expect((await errorOf(driver.journal.append(request, {}))).code).toBe('AmbiguousWrite');
    const put = putRequest(10);
    expect((await errorOf(driver.keyValue.put(put, {}))).code).toBe('AmbiguousWrite');
    fault = undefined;
    expect((await driver.journal.resolve(request, {})).outcome).toBe(outcome);
    const again = await driver.journal.append(request, {});
    expect(again).toEqual({ lastSequenceNr: head + 1, duplicate: outcome === 'applied' });
    expect((await driver.keyValue.put(put, {})).duplicate).toBe(outcome === 'applied');
  }
  expect(await countEvents(driver, 'e')).toBe(3);
});

test('Z-13, Z-15, Z-20: what the service refuses has its name, and only what may have been applied is ambiguous', async (context) => {
  const { server } = await ownServer(context);
  let fault: Fault;
  const url = await faultProxy(server, (operation, body) =>
    (operation === 'PutItem' && body.includes('stream[')) || operation === 'GetItem' ? fault : undefined,
  );
  const driver = await openStore(configOf({ url }));
  const table: readonly (readonly [type: string, status: number, write: StoreErrorCode, read: StoreErrorCode])[] = [
    ['ProvisionedThroughputExceededException', 400, 'Throttled', 'Throttled'],
    ['ThrottlingException', 400, 'Throttled', 'Throttled'],
    ['RequestLimitExceeded', 400, 'Throttled', 'Throttled'],
    ['AccessDeniedException', 400, 'AuthError', 'AuthError'],
    ['UnrecognizedClientException', 400, 'AuthError', 'AuthError'],
    ['ExpiredTokenException', 400, 'AuthError', 'AuthError'],
    ['ResourceNotFoundException', 400, 'StoreUnavailable', 'StoreUnavailable'],
    ['ValidationException', 400, 'InvalidRequest', 'InvalidRequest'],
    ['InternalServerError', 500, 'AmbiguousWrite', 'StoreUnavailable'],
    ['ServiceUnavailable', 503, 'AmbiguousWrite', 'StoreUnavailable'],
  ];
  for (const [type, status, write, read] of table) {
    fault = { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'because' } };
    const refused = await errorOf(driver.journal.append(appendRequest('e', 0), {}));
    const unread = await errorOf(driver.journal.head(stream('e'), {}));
    expect([type, refused.code, unread.code]).toEqual([type, write, read]);
    if (write === 'Throttled') expect(refused.details.retryAfterMs).toBeGreaterThan(0);
  }
  fault = undefined;
  expect((await driver.journal.append(appendRequest('e', 0), {})).lastSequenceNr).toBe(1);
});

test('a table in which writes would not be safe, or that is somebody else’s, is refused with the way out', async (context) => {
  const { server, client, config } = await ownServer(context);
  await openStore(config);
  const otherFeed = await errorOf(openStore({ ...config, feed: false }));
  expect([otherFeed.code, otherFeed.message]).toEqual(['ConfigError', expect.stringContaining('store.config.feed')]);

  const url = await faultProxy(server, (operation) =>
    operation === 'DescribeTable'
      ? {
          status: 200,
          body: {
            Table: {
              TableStatus: 'ACTIVE',
              KeySchema: [
                { AttributeName: 'pk', KeyType: 'HASH' },
                { AttributeName: 'sk', KeyType: 'RANGE' },
              ],
              Replicas: [{ RegionName: 'eu-west-1' }],
            },
          },
        }
      : undefined,
  );
  const global = await errorOf(openStore(configOf({ url })));
  expect([global.code, global.message]).toEqual(['ConfigError', expect.stringContaining('singleRegionWriter')]);
  await openStore({ ...configOf({ url }), singleRegionWriter: true });

  await client.send(
    new CreateTableCommand({
      TableName: 'other',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const other = await errorOf(openStore({ ...config, table: 'other' }));
  expect([other.code, other.message]).toEqual(['ConfigError', expect.stringContaining('store.config.table')]);
});

test('Z-19: a wrong address, half a key and a table that disappears are told in a sentence', async (context) => {
  const { client, config } = await ownServer(context);
  const nobody = await errorOf(openStore({ ...config, endpoint: 'http://127.0.0.1:9' }));
  expect([nobody.code, nobody.message]).toEqual(['StoreUnavailable', expect.stringContaining('store.config.endpoint')]);
  const half = await errorOf(openStore({ ...config, secretAccessKey: undefined }));
  expect([half.code, half.message]).toEqual(['ConfigError', expect.stringContaining('set both or none')]);

  const driver = await openStore(config);
  await client.send(new DeleteTableCommand({ TableName: 'store' }));
  const gone = await errorOf(driver.journal.append(appendRequest('e', 0), {}));
  expect([gone.code, gone.message]).toEqual(['StoreUnavailable', expect.stringContaining('there is no such table')]);
  const { ready, problems } = await driver.health({});
  expect([ready, problems]).toEqual([false, [expect.stringContaining('there is no such table')]]);
});

test('a store that was opened only to read creates, seals and writes nothing', async (context) => {
  const { client, config } = await ownServer(context);
  const early = await openStore(config, { readOnly: true });
  expect(await early.schema.status({})).toEqual({ current: 0, target: 1 });
  const writer = await openStore(config);
  await writer.journal.append(appendRequest('e', 0), {});
  const before = await itemsOf(client, '');
  const reader = await openStore(config, { readOnly: true });
  expect(await countEvents(reader, 'e')).toBe(1);
  expect(await fedEvents(reader)).toEqual(['e/1']);
  expect((await reader.health({})).ready).toBe(true);
  const recover = { stream: stream('e'), fence: FENCE, snapshot: true, page: PAGE };
  for (const work of [
    () => reader.journal.append(appendRequest('e', 1), {}),
    () => reader.journal.recover(recover, {}),
    () => reader.keyValue.put(putRequest(1), {}),
    () => reader.fences.claim('default', 'all', 'o', {}),
    () => reader.schema.migrate({}),
  ]) {
    expect((await errorOf(work())).code).toBe('Unsupported');
  }
  expect(await itemsOf(client, '')).toEqual(before);
});

test('without a feed an append is one write', async (context) => {
  const { client, config } = await ownServer(context);
  const driver = await openStore({ ...config, feed: false });
  expect([driver.capabilities.feed, driver.feed]).toEqual([false, undefined]);
  await driver.journal.append(appendRequest('e', 0), {});
  const before = (await itemsOf(client, '')).length;
  await driver.journal.append(appendRequest('e', 1), {});
  expect((await itemsOf(client, '')).length).toBe(before + 1);
});

test('connections that died in silence hold up one call until its deadline, and not one after the other', async (context) => {
  const { server, config } = await ownServer(context);
  await openStore(config);
  const { hostname, port } = new URL(server.url);
  await using proxy = await FaultProxy.start({ host: hostname, port: Number(port) });
  const driver = await openStore(configOf({ url: `http://127.0.0.1:${proxy.port}` }));
  const soon = () => ({ deadline: performance.now() + 1000 });
  // Many connections, and nobody who uses them.
  await Promise.all(Array.from({ length: 20 }, (_, n) => driver.journal.append(appendRequest(`e${n}`, 0), {})));
  proxy.halfOpen();
  expect((await errorOf(driver.journal.append(appendRequest('e0', 1), soon()))).code).toBe('StoreUnavailable');
  expect(await driver.journal.append(appendRequest('e0', 1), soon())).toEqual({ lastSequenceNr: 2, duplicate: false });
  expect((await driver.journal.head(stream('e1'), soon())).head).toBe(1);
});

test('an event is found in a log of seals and of commits of all sizes, in both directions', async (context) => {
  const { config } = await ownServer(context);
  const driver = await openStore(config);
  const seal = (epoch: number) =>
    driver.journal.recover({ stream: stream('e'), fence: { ...FENCE, epoch }, snapshot: false, page: PAGE }, {});
  let head = 0;
  for (const [index, size] of [1, 400, 1, 1, 30, 2, 1, 1, 1, 200, 1, 3].entries()) {
    await seal(10 + index);
    const fence = { ...FENCE, epoch: 10 + index };
    const appended = await driver.journal.append({ ...appendRequest('e', head, size), fence }, {});
    head = appended.lastSequenceNr;
  }
  for (let at = 1; at <= head; at += at < 10 || at > head - 10 ? 1 : 17) {
    for (const query of [{ from: at, limit: 1 } as const, { to: at, limit: 1, direction: 'backward' } as const]) {
      const pages = await Array.fromAsync(driver.journal.read(stream('e'), query, {}));
      expect(pages.flatMap(({ events }) => events.map(({ sequenceNr }) => sequenceNr))).toEqual([at]);
    }
  }
});
