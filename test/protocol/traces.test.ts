import { Metadata } from '@grpc/grpc-js';
import { stategate } from '@stategate/protocol';
import { loadDriver, openStore } from '@stategate/proxy/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CrdtWorld, increment } from '../support/crdt-world.ts';
import { eventually } from '../support/eventually.ts';
import type { Order } from '../support/model-function.ts';
import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { freePort } from '../support/ports.ts';
import { type ProbeService, ProtocolWorld } from '../support/protocol-world.ts';
import { tempDir } from '../support/temp-dir.ts';

const [SERVER, CLIENT, INTERNAL] = [2, 3, 1];
const CALLER = '00f067aa0ba902b7';

let receiver: OtlpReceiver;
let world: ProtocolWorld;
let traces = 0;
const dir = tempDir();

beforeAll(async () => {
  receiver = await OtlpReceiver.start();
  world = await ProtocolWorld.start({
    settings: {
      store: `sqlite:${dir.file('traces.db')}`,
      'traces.endpoint': receiver.endpoint,
      'traces.serviceName': 'shop',
    },
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

/** A trace id of its own for each command. */
function nextTrace(): string {
  traces += 1;
  return traces.toString(16).padStart(32, 'a');
}

function run(service: ProbeService, id: string, order: Order, headers: Readonly<Record<string, string>>) {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return world.client(service).call('Run', { id, text: JSON.stringify(order) }, { metadata });
}

/** All spans of a trace when there are so many, as a tree: name, kind, children. */
async function treeOf(traceId: string, spans: number, root = CALLER): Promise<unknown> {
  await eventually(() => receiver.ofTrace(traceId).length >= spans, 15_000, `${spans} spans`);
  const all = receiver.ofTrace(traceId);
  const below = (parent: string): unknown =>
    all.filter(({ parentSpanId }) => parentSpanId === parent).map((span) => [span.name, span.kind, below(span.spanId)]);
  return below(root);
}

describe('one connected trace from the caller through the user function to the store', () => {
  const entity = [
    'stategate.test.Probe/Run',
    SERVER,
    [
      [
        'stategate.test.Probe.Run',
        INTERNAL,
        [
          ['user function', CLIENT, []],
          ['store write', CLIENT, []],
        ],
      ],
    ],
  ];

  test('of a gRPC call to an entity; its events remember it', async () => {
    const trace = nextTrace();
    await run('Probe', 'e', { events: ['x'] }, { traceparent: `00-${trace}-${CALLER}-01`, tracestate: 'vendor=1' });
    expect(await treeOf(trace, 4)).toEqual([entity]);
    const spans = receiver.ofTrace(trace);
    for (const span of spans) {
      expect(span).toMatchObject({ service: 'shop', traceState: 'vendor=1', statusCode: 0 });
      expect(span.tookNs).toBeGreaterThan(0n);
    }
    const named = (name: string): ReceivedSpan | undefined => spans.find((span) => span.name === name);
    expect(named('stategate.test.Probe/Run')?.attributes).toMatchObject({
      'rpc.method': 'Run',
      'stategate.way': 'grpc',
    });
    expect(named('stategate.test.Probe.Run')?.attributes).toMatchObject({ 'stategate.entity_id': 'e' });
    const [record] = await recordsOf('e');
    expect(record).toBe(`00-${trace}-${named('store write')?.spanId}-01`);
  });

  test('of an HTTP call', async () => {
    const trace = nextTrace();
    const response = await world.post(
      'ProbeValue',
      'v',
      { state: { update: 'x' } },
      { traceparent: `00-${trace}-${CALLER}-01` },
    );
    expect(response.status).toBe(200);
    expect(await treeOf(trace, 4)).toMatchObject([
      [
        'stategate.test.ProbeValue/Run',
        SERVER,
        [['stategate.test.ProbeValue.Run', INTERNAL, [{ 0: 'user function' }, { 0: 'store write' }]]],
      ],
    ]);
  });

  test('an action is told of its span, in place of the caller’s, and a forward stays within the trace', async () => {
    const trace = nextTrace();
    const forward = { to: 'Probe', id: 'f', order: {} };
    await run('ProbeAction', 'a', { forward }, { traceparent: `00-${trace}-${CALLER}-01`, 'x-other': 'kept' });
    expect(await treeOf(trace, 4)).toEqual([
      [
        'stategate.test.ProbeAction/Run',
        SERVER,
        [
          ['user function', CLIENT, []],
          ['stategate.test.Probe.Run', INTERNAL, [['user function', CLIENT, []]]],
        ],
      ],
    ]);
    const [root] = receiver.ofTrace(trace).filter(({ kind }) => kind === SERVER);
    const asked = receiver
      .ofTrace(trace)
      .find(({ parentSpanId, kind }) => parentSpanId === root?.spanId && kind === CLIENT);
    const entries = metadataOf(world.received.actions.at(-1));
    expect(entries.filter(([name]) => name === 'traceparent')).toEqual([
      ['traceparent', `00-${trace}-${asked?.spanId}-01`],
    ]);
    expect(entries).toContainEqual(['x-other', 'kept']);
  });

  test('a command of an entity carries no metadata', () => {
    const commands = world
      .lives('e')
      .flat()
      .filter((item) => typeof item === 'object' && 'command' in item);
    expect(commands.length).toBeGreaterThan(0);
    for (const item of commands) expect((item as { command: object }).command).not.toHaveProperty('metadata');
  });

  test('a failure marks its spans', async () => {
    const trace = nextTrace();
    await run('Probe', 'g', { stream: 'error' }, { traceparent: `00-${trace}-${CALLER}-01` }).catch(() => undefined);
    await treeOf(trace, 3);
    expect(receiver.ofTrace(trace).map(({ statusCode }) => statusCode)).toEqual([2, 2, 2]);
  });
});

test('the state of a CRDT entity is written within the trace of the command that changed it', async () => {
  await using crdts = await CrdtWorld.start({ settings: { 'traces.endpoint': receiver.endpoint } });
  const answer = crdts.run('counter');
  const line = await crdts.line('counter');
  await line.at(1);
  line.reply(1, 'counted', increment(2));
  expect(await answer).toBe('counted');
  const step = await eventually(
    () => receiver.spans.find(({ attributes }) => attributes['stategate.entity_id'] === 'counter'),
    15_000,
  );
  const { traceId, parentSpanId } = step;
  expect(await treeOf(traceId, 4, parentSpanId)).toMatchObject([
    ['stategate.test.ProbeCrdt.Run', INTERNAL, [{ 0: 'user function' }, ['store write', CLIENT, []]]],
  ]);
});

test('a caller that does not sample is not traced, but its context goes on to actions', async () => {
  const trace = nextTrace();
  await run('ProbeAction', 'a', {}, { traceparent: `00-${trace}-${CALLER}-00` });
  expect(metadataOf(world.received.actions.at(-1)).find(([name]) => name === 'traceparent')?.[1]).toMatch(
    new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`),
  );
  await run('Probe', 'unsampled', { events: ['x'] }, { traceparent: `00-${trace}-${CALLER}-00` });
  expect(await recordsOf('unsampled')).toEqual(['']);
  const later = nextTrace();
  await run('Probe', 'h', {}, { traceparent: `00-${later}-${CALLER}-01` });
  await treeOf(later, 3);
  expect(receiver.ofTrace(trace)).toEqual([]);
});

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${CALLER}-01`, `ff-${'a'.repeat(32)}-${CALLER}-01`])(
  'a traceparent %j begins a trace of its own',
  async (traceparent) => {
    const id = `root-${traceparent}`;
    await run('Probe', id, {}, { traceparent });
    const mine = await eventually(
      () => receiver.spans.find(({ attributes }) => attributes['stategate.entity_id'] === id),
      15_000,
    );
    await eventually(() => receiver.ofTrace(mine.traceId).length === 3);
    expect(receiver.ofTrace(mine.traceId).filter(({ parentSpanId }) => parentSpanId === '')).toHaveLength(1);
    expect(mine.traceId).not.toBe('a'.repeat(32));
  },
);

test('a collector that is away is a line in the log and nothing more', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  await using other = await ProtocolWorld.start({ settings: { 'traces.endpoint': nowhere } });
  expect(await other.run('Probe', 'away', {})).toBe('ok');
  await eventually(() => other.proxy.log.includes('"msg":"Traces are lost"'), 20_000, 'the line');
  expect(other.proxy.log).toContain(nowhere);
  expect(await other.run('Probe', 'away', {})).toBe('ok');
}, 40_000);

/** The trace contexts that an entity's events are stored with; '' for none. */
async function recordsOf(entityId: string): Promise<readonly string[]> {
  const store = { driver: 'sqlite', config: { path: dir.file('traces.db') } };
  const driver = await openStore(store, { loadDriver, warn: () => undefined, instanceId: 'test', readOnly: true });
  try {
    const stream = { namespace: 'default', persistenceId: 'probe', entityId };
    const found: string[] = [];
    for await (const { events } of driver.journal.read(stream, {}, {}))
      for (const { meta } of events)
        found.push(meta === undefined ? '' : stategate.v1.RecordMeta.decode(meta).traceparent);
    return found;
  } finally {
    await driver.close();
  }
}

function metadataOf(message: unknown): readonly (readonly [string, string])[] {
  const { entries } = (message as { metadata: { entries: readonly { key: string; stringValue: string }[] } }).metadata;
  return entries.map(({ key, stringValue }) => [key, stringValue]);
}
