// Events of one entity as commands of others (protocol-spec §7.1 to §7.5). The first three tests have the names of §13.7.
import { judge, proxyCases, ProxyWorld } from '@stategate/tck';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveModel } from '../../examples/tck-model/model.ts';
import { eventually } from '../support/eventually.ts';
import { type Delivery, LogFunction, PACKAGE } from '../support/event-log-world.ts';
import type { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy, startWithoutServing } from '../support/in-process-proxy.ts';
import { notRun } from '../support/not-run.ts';
import { freePort } from '../support/ports.ts';
import { startProxy } from '../support/proxy-process.ts';
import { ROOT, startNode } from '../support/process.ts';
import { Scrape } from '../support/scrape.ts';
import { startStore, type StoreName, type TestStore } from '../support/stores.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The test kit gives an event 3 s: no store whose feed waits before it delivers. */
const STORES = ['inmemory', 'sqlite', 'postgres', 'redis'] as const satisfies readonly StoreName[];

/** As in `store:`. */
function settingOf(name: StoreName, store: TestStore): string {
  if (store.server !== undefined) return store.server.url;
  return name === 'sqlite' ? `sqlite:${(store.config as { path: string }).path}` : name;
}

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

const CONSUMER = `service Consumer { rpc On(Happened) returns (Done) { ${from('source')} } }`;
const ACTION = { Consumer: 'action' } as const;
/** The same behaviour in test time. */
const QUICK = { 'eventing.retryMin': '20ms', 'eventing.retryMax': '60ms', 'eventing.maxTries': 3 };

function from(eventLog: string, group?: string): string {
  const consumer = group === undefined ? '' : `consumer_group: "${group}" `;
  return `option (cloudstate.eventing) = { in: { ${consumer}event_log: "${eventLog}" } };`;
}

const emit = (client: GrpcClient, id: string, ...texts: readonly string[]): Promise<unknown> =>
  client.call('Emit', { id, texts });
const texts = (count: number, first = 1): readonly string[] => Array.from({ length: count }, (_, n) => `${first + n}`);
const of = (id: string, ...all: readonly string[]): readonly string[] => all.map((text) => `${id}:${text}`);
const failing = (isFailing: (delivery: Delivery) => boolean) => (delivery: Delivery) =>
  isFailing(delivery) ? { code: 13, details: 'broken' } : undefined;

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

describe('a poison event', () => {
  test('is parked and holds back its entity, no other; a start tries it again', async () => {
    using dir = tempDir();
    const store = `sqlite:${dir.file('state.db')}`;
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    userFunction.answer = failing(({ text }) => text === 'poison');
    const metrics = { 'metrics.enabled': true, 'metrics.host': '127.0.0.1', 'metrics.port': 0 };
    const labels = { event_log: 'source', group: `${PACKAGE}.Consumer` };
    {
      await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, ...metrics, store });
      using client = userFunction.client(proxy.apiPort);
      await emit(client, 'a', '1', 'poison', '3');
      await emit(client, 'b', ...texts(30));
      await eventually(() => userFunction.got('Consumer', 'b').length === 30);
      await emit(client, 'a', '4');
      await emit(client, 'b', '31');
      await eventually(() => userFunction.got('Consumer', 'b').length === 31);
      expect(userFunction.got('Consumer', 'a')).toEqual(of('a', '1', 'poison', 'poison', 'poison'));
      expect(userFunction.got('Consumer', 'b')).toEqual(of('b', ...texts(31)));
      expect(proxy.log).toContain('An event was parked: the later events of its entity wait');
      const scrape = await Scrape.of(proxy.metricsPort);
      expect(scrape.value('stategate_parked_events', labels)).toBe(1);
      const outcomes = { delivered: 32, retried: 2, parked: 1, held: 2 };
      for (const [outcome, count] of Object.entries(outcomes))
        expect(scrape.value('stategate_consumed_events_total', { ...labels, outcome })).toBe(count);
    }
    await using cli = startNode([`${ROOT}/src/cli/main.ts`, 'store', 'parked', '--store', store]);
    expect(await cli.exited).toBe(0);
    expect(cli.output).toMatch(/source\s+stategate\.test\.log\.Consumer\s+a\s+2\s.*\s3\s.*INTERNAL: broken/);
    userFunction.deliveries.splice(0);
    {
      // Still broken: one try, and it stays where it is.
      await using _proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
      await eventually(() => userFunction.got().length === 1);
    }
    expect(userFunction.got()).toEqual(['a:poison']);
    userFunction.deliveries.splice(0);
    userFunction.answer = () => undefined;
    {
      await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
      using client = userFunction.client(proxy.apiPort);
      await eventually(() => userFunction.got().length === 3);
      await emit(client, 'a', '5');
      await eventually(() => userFunction.got().length === 4);
    }
    expect(userFunction.got()).toEqual(of('a', 'poison', '3', '4', '5'));
    await using again = startNode([`${ROOT}/src/cli/main.ts`, 'store', 'parked', '--store', store]);
    expect(await again.exited).toBe(0);
    expect(again.output).toContain('No event is parked');
  }, 60_000);

  test('can be given up while no proxy runs', { timeout: 60_000 }, async () => {
    using dir = tempDir();
    const store = `sqlite:${dir.file('state.db')}`;
    const skip = async (entityId: string): Promise<string> => {
      const args = ['store', 'skip-parked', 'source', `${PACKAGE}.Consumer`, entityId, '--store', store];
      await using cli = startNode([`${ROOT}/src/cli/main.ts`, ...args]);
      return `${await cli.exited} ${cli.output}`;
    };
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    userFunction.answer = failing(({ text }) => text === 'poison');
    {
      await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
      using client = userFunction.client(proxy.apiPort);
      await emit(client, 'a', 'poison', '2', '3');
      await eventually(() => proxy.log.includes('An event was parked'));
      expect(await skip('a')).toMatch(/^1 stategate: another proxy .* uses /);
    }
    expect(await skip('b')).toMatch(/^1 .*no event of "b" of "source" is parked/);
    expect(await skip('a')).toBe('0 skipped event 1 of a\n');
    userFunction.deliveries.splice(0);
    await using _proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
    await eventually(() => userFunction.got().length === 2);
    expect(userFunction.got()).toEqual(of('a', '2', '3'));
  });

  test('without a method is parked at once, with the reason', async () => {
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    await using proxy = await InProcessProxy.start(userFunction.port);
    using client = userFunction.client(proxy.apiPort);
    await client.call('Emit', { id: 'a', texts: ['x'], typeUrl: 'p.cloudstate.io/string' });
    await emit(client, 'b', '1');
    await eventually(() => userFunction.got().length === 1);
    expect(userFunction.got()).toEqual(['b:1']);
    expect(proxy.log).toContain(
      'No method can be found to handle protobuf type of [p.cloudstate.io/string] on input source. Either declare a method for this type, or declare a method that accepts google.protobuf.Any.',
    );
  });

  test('is tried without end when as many as may be are parked', async () => {
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    userFunction.answer = failing(({ text }) => text === 'poison');
    await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, 'eventing.parkedMax': 1 });
    using client = userFunction.client(proxy.apiPort);
    await emit(client, 'a', 'poison');
    await eventually(() => proxy.log.includes('An event was parked'));
    await emit(client, 'b', 'poison');
    await eventually(() => userFunction.got('Consumer', 'b').length > 5);
    userFunction.answer = () => undefined;
    await emit(client, 'b', '2');
    await eventually(() => userFunction.got('Consumer', 'b').includes('b:2'));
    expect(userFunction.got('Consumer', 'a')).toHaveLength(3);
  });
});

describe('what cannot be carried out is refused at discovery', () => {
  const NO_BROKERS = 'Topics of message brokers are not supported yet: of event sources there is event_log.';
  const HAPPENED = `${PACKAGE}.Happened`;
  const on = (option: string): string =>
    `service Consumer { rpc On(Happened) returns (Done) { option (cloudstate.eventing) = ${option}; } }`;
  test.each([
    [
      'a topic as source',
      on('{ in: { topic: "t" } }'),
      `Eventing consumer [${HAPPENED}] has declared a [topic] event source, but this event source isn't supported. ${NO_BROKERS}`,
    ],
    [
      'no source',
      on('{ in: { consumer_group: "g" } }'),
      `Eventing consumer [${HAPPENED}] has declared an input with no source.`,
    ],
    [
      'the same topic',
      on('{ in: { topic: "t" } out: { topic: "t" } }'),
      `Endpoint [${PACKAGE}.Consumer.On] has the same input topic as output topic [t], this is not allowed.`,
    ],
    [
      'a topic as destination',
      on('{ in: { event_log: "source" } out: { topic: "t" } }'),
      `Eventing consumer has declared an output topic [t}], but no topic eventing support has been provided. ${NO_BROKERS}`,
    ],
    [
      'an empty destination of a consumer',
      on('{ in: { event_log: "source" } out: { topic: "" } }'),
      'Eventing consumer has declared an input with no destination.',
    ],
    [
      'an empty destination',
      on('{ out: { topic: "" } }'),
      `Service call [${PACKAGE}.Consumer.On] has declared an event out with no topic.`,
    ],
    [
      'a destination of what consumes nothing',
      on('{ out: { topic: "t" } }'),
      `Service call [${PACKAGE}.Consumer.On] declares an event destination topic of [t], but no topic support is configured. ${NO_BROKERS}`,
    ],
    [
      'two methods for one type',
      `service Consumer { rpc On(Happened) returns (Done) { ${from('source')} } rpc Too(Happened) returns (Done) { ${from('source')} } }`,
      `Endpoints [${PACKAGE}.Consumer.On] and [${PACKAGE}.Consumer.Too] both subscribe to the same event source with the same input type. If you wish to define two independent consumers of the same event source, use the consumer_group annotation on the source to identify them.`,
    ],
    [
      'a group of two services',
      `service Consumer { rpc On(Happened) returns (Done) { ${from('source', 'g')} } } service Too { rpc On(Other) returns (Done) { ${from('source', 'g')} } }`,
      `Services [${PACKAGE}.Consumer] and [${PACKAGE}.Too] both consume the event log [source] as group [g], where each would get a part of the events. Use a consumer_group of its own for each.`,
    ],
  ])('%s', async (_what, services, text) => {
    const kinds = services.includes('service Too') ? { ...ACTION, Too: 'action' as const } : ACTION;
    await using userFunction = await LogFunction.start(services, kinds);
    const proxy = await startWithoutServing(userFunction.port, {});
    try {
      const refused = new Promise<string>((resolve) => proxy.onRefused(resolve));
      expect(await refused).toBe(text);
      await eventually(() => userFunction.reported.length > 0);
      expect(userFunction.reported).toEqual([text]);
    } finally {
      await proxy.drain();
    }
  });

  test('a store without a change feed', async (context) => {
    const store = await startStore('cassandra');
    if ('missing' in store) notRun(context, store.missing);
    await using _store = store;
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    const proxy = await startWithoutServing(userFunction.port, { store: settingOf('cassandra', store) });
    try {
      expect(await new Promise((resolve) => proxy.onRefused(resolve))).toMatch(
        /has declared a \[event_log\] event source, but this event source isn't supported\. The events of \[source\] are in Apache Cassandra, whose driver has no change feed/,
      );
    } finally {
      await proxy.drain();
    }
  }, 120_000);
});
