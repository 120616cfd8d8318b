// Events of one entity as commands of others (protocol-spec §7.1 to §7.5). The first three tests have the names of §13.7.
import { judge, proxyCases, ProxyWorld } from '@stategate/tck';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveModel } from '../../examples/tck-model/model.ts';
import { eventually } from '../support/eventually.ts';
import {
  ACTION,
  CONSUMER,
  emit,
  failing,
  from,
  LogFunction,
  of,
  PACKAGE,
  QUICK,
  settingOf,
  texts,
} from '../support/event-log-world.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { notRun } from '../support/not-run.ts';
import { freePort } from '../support/ports.ts';
import { startProxy } from '../support/proxy-process.ts';
import { startStore, type StoreName } from '../support/stores.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The test kit gives an event 3 s: no store whose feed waits before it delivers. */
const STORES = ['inmemory', 'sqlite', 'postgres', 'redis'] as const satisfies readonly StoreName[];

describe.each(STORES)('the test kit (%s)', (name) => {
  const resources = new AsyncDisposableStack();
  let missing: string | undefined;
  let world: ProxyWorld;
  beforeAll(async () => {
    const store = await startStore(name);
    if ('missing' in store) {
      ({ missing } = store);
      return;
    }
    resources.use(store);
    const running = await serveModel({ host: '127.0.0.1', port: 0 });
    resources.defer(() => running.close({ graceMs: 50 }));
    const apiPort = await freePort();
    const judged = { proxy: `127.0.0.1:${apiPort}`, userFunction: `127.0.0.1:${running.port}`, listen: '127.0.0.1:0' };
    const settings = { 'api.port': apiPort, store: settingOf(name, store) };
    const start = async (port: number) => void resources.use(await InProcessProxy.start(port, settings));
    world = resources.use(await ProxyWorld.start({ ...judged, waitMs: 10_000 }, start));
  }, 60_000);
  afterAll(() => resources.disposeAsync());

  test.for(proxyCases.filter(({ suite }) => suite === 'event log'))('$name', async (one, context) => {
    if (missing !== undefined) notRun(context, missing);
    expect(await judge(world, one)).toMatchObject({ name: one.name, outcome: 'pass' });
  });
});

test('an event is a CloudEvent', async () => {
  await using userFunction = await LogFunction.start(CONSUMER, ACTION);
  await using proxy = await InProcessProxy.start(userFunction.port);
  using client = userFunction.client(proxy.apiPort);
  await emit(client, 'a', 'x');
  const delivery = await eventually(() => userFunction.deliveries[0]);
  expect(delivery).toMatchObject({ command: 'On', text: 'x', typeUrl: `type.googleapis.com/${PACKAGE}.Happened` });
  expect(delivery.metadata).toEqual([
    ['ce-id', 'a/1'],
    ['ce-source', 'source'],
    ['ce-specversion', '1.0'],
    ['ce-type', `type.googleapis.com/${PACKAGE}.Happened`],
    ['Content-Type', 'application/vnd.cloudstate.protobuf.any'],
    ['ce-subject', 'a'],
  ]);
});

test('the type of an event chooses the method; a streamed one gets a stream of it', async () => {
  await using userFunction = await LogFunction.start(
    `service Consumer {
      rpc On(Happened) returns (Done) { ${from('source')} }
      rpc OnOther(stream Other) returns (Done) { ${from('source')} }
      rpc OnAny(google.protobuf.Any) returns (stream Done) { ${from('source')} }
    }`,
    ACTION,
  );
  await using proxy = await InProcessProxy.start(userFunction.port);
  using client = userFunction.client(proxy.apiPort);
  const types = [
    ['', 'On'],
    [`example.org/${PACKAGE}.Happened`, 'On'],
    [`type.googleapis.com/${PACKAGE}.Other`, 'OnOther'],
    ['type.googleapis.com/unknown.Thing', 'OnAny'],
    [`json.cloudstate.io/${PACKAGE}.Happened`, 'OnAny'],
    ['p.cloudstate.io/string', 'OnAny'],
  ] as const;
  for (const [typeUrl] of types) await client.call('Emit', { id: 'a', texts: ['x'], typeUrl });
  await eventually(() => userFunction.deliveries.length === types.length);
  expect(userFunction.deliveries.map(({ command }) => command)).toEqual(types.map(([, command]) => command));
  expect(userFunction.deliveries.slice(1).map(({ typeUrl }) => typeUrl)).toEqual(types.slice(1).map(([url]) => url));
  // In a stream, what belongs to the event comes with the event.
  expect(userFunction.deliveries.map(({ subject }) => subject)).toEqual(types.map(() => 'a'));
});

test('entities consume too: the event says which', async () => {
  await using userFunction = await LogFunction.start(CONSUMER, { Consumer: 'value' });
  await using proxy = await InProcessProxy.start(userFunction.port);
  using client = userFunction.client(proxy.apiPort);
  await emit(client, 'a', 'x', 'y');
  await eventually(() => userFunction.deliveries.length === 2);
  expect(userFunction.got('value')).toEqual(['owner of x:x', 'owner of y:y']);
});

test('each group gets all events, whatever becomes of them in another', async () => {
  await using userFunction = await LogFunction.start(
    `service One { rpc On(Happened) returns (Done) { ${from('source')} } }
     service Two { rpc On(Happened) returns (Done) { ${from('source')} }
                   rpc Again(Happened) returns (Done) { ${from('source', 'second')} } }`,
    { One: 'action', Two: 'action' },
  );
  userFunction.answer = failing(({ consumer }) => consumer === 'One');
  await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, 'eventing.maxTries': 1000 });
  using client = userFunction.client(proxy.apiPort);
  await emit(client, 'a', ...texts(30));
  await eventually(() => userFunction.got('Two').length === 60);
  for (const command of ['On', 'Again']) {
    const got = userFunction.deliveries.filter((one) => one.consumer === 'Two' && one.command === command);
    expect(got.map(({ text }) => text)).toEqual(texts(30));
  }
  expect(new Set(userFunction.got('One'))).toEqual(new Set(['a:1']));
});

test('a failure is an answer; an error is not', async () => {
  await using userFunction = await LogFunction.start(CONSUMER, ACTION);
  const left = { error: 2 };
  userFunction.answer = ({ text }) => {
    if (text === 'failure') return { failure: { description: 'no' } };
    if (text === 'error' && left.error-- > 0) return { code: 13, details: 'broken' };
    return undefined;
  };
  await using proxy = await InProcessProxy.start(userFunction.port, QUICK);
  using client = userFunction.client(proxy.apiPort);
  await emit(client, 'a', 'failure', 'error', 'last');
  await eventually(() => userFunction.got().includes('a:last'));
  expect(userFunction.got()).toEqual(of('a', 'failure', 'error', 'error', 'error', 'last'));
  expect(proxy.log).toContain('An event was answered with a failure');
});

test('a user function that is away parks nothing', async () => {
  await using userFunction = await LogFunction.start(CONSUMER, ACTION);
  userFunction.answer = () => 'never';
  await using proxy = await InProcessProxy.start(userFunction.port, QUICK);
  using client = userFunction.client(proxy.apiPort);
  await emit(client, 'a', '1', '2');
  await eventually(() => userFunction.got().length === 1);
  userFunction.kill();
  await new Promise((resolve) => setTimeout(resolve, 600));
  userFunction.answer = () => undefined;
  await userFunction.serve();
  await eventually(() => userFunction.got().includes('a:2'), 20_000);
  expect(proxy.log).not.toContain('parked');
});

test.for(['sqlite', 'postgres', 'redis'] as const)(
  'after a drain the next proxy goes on where the last has ended (%s)',
  { timeout: 60_000 },
  async (name, context) => {
    const store = await startStore(name);
    if ('missing' in store) notRun(context, store.missing);
    await using _store = store;
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    const expected: string[] = [];
    for (const round of [0, 1, 2]) {
      await using proxy = await InProcessProxy.start(userFunction.port, { store: settingOf(name, store) });
      using client = userFunction.client(proxy.apiPort);
      for (const text of texts(25, round * 25)) {
        await emit(client, 'a', text);
        expected.push(`a:${text}`);
      }
      await eventually(() => userFunction.got().length >= expected.length);
    }
    expect(userFunction.got()).toEqual(expected);
  },
);

test('after kill -9 every event has come, in the order of its entity', { timeout: 90_000 }, async () => {
  using dir = tempDir();
  await using userFunction = await LogFunction.start(CONSUMER, ACTION);
  userFunction.answer = () => new Promise((resolve) => setTimeout(() => resolve({}), 20));
  const start = async () =>
    (await startProxy({ userFunctionPort: userFunction.port, store: `sqlite:${dir.file('state.db')}` })).ready(40_000);
  const ids = ['a', 'b', 'c'];
  {
    await using proxy = await start();
    using client = userFunction.client(proxy.apiPort);
    await Promise.all(ids.map((id) => emit(client, id, ...texts(100))));
    await eventually(() => userFunction.deliveries.length >= 60, 20_000);
    await proxy.process.kill('SIGKILL');
  }
  const before = userFunction.deliveries.length;
  expect(before).toBeLessThan(300);
  await using _proxy = await start();
  await eventually(() => ids.every((id) => userFunction.got('Consumer', id).includes(`${id}:100`)), 40_000);
  for (const id of ids) {
    // Without what came again, nothing is missing and nothing is in another place.
    expect([...new Set(userFunction.got('Consumer', id))]).toEqual(of(id, ...texts(100)));
  }
  // It went on, it did not begin again: at most one page and what a second may leave unsaved comes twice.
  expect(userFunction.deliveries.length).toBeLessThan(300 + before);
});
