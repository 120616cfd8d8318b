import { request as httpRequest } from 'node:http';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Order } from '../support/model-function.ts';
import { ask, seen } from '../support/probe-messages.ts';
import { ProtocolWorld } from '../support/protocol-world.ts';

let world: ProtocolWorld;
beforeAll(async () => {
  world = await ProtocolWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

interface ActionCommand {
  readonly metadata: { readonly entries: readonly { key: string; stringValue?: string; bytesValue?: string }[] };
}

/** What came in last. */
function last(): ActionCommand {
  return world.received.actions.at(-1) as ActionCommand;
}

describe('a command', () => {
  test('carries the service, the method, the payload and the metadata of the call', async () => {
    const metadata = new Metadata();
    metadata.add('x-text', 'one');
    metadata.add('x-text', 'two');
    metadata.add('x-data-bin', Buffer.from([0, 255, 1]));
    expect(await world.client('ProbeAction').start('Run', ask('a', {}).value, { metadata }).reply).toEqual({
      text: 'ok',
    });
    expect(last()).toEqual({
      serviceName: 'stategate.test.ProbeAction',
      name: 'Run',
      payload: seen(ask('a', {})),
      metadata: { entries: expect.any(Array) },
    });
    const { entries } = last().metadata;
    expect(entries.filter(({ key }) => key.startsWith('x-'))).toEqual([
      { key: 'x-text', stringValue: 'one' },
      { key: 'x-text', stringValue: 'two' },
      { key: 'x-data-bin', bytesValue: Buffer.from([0, 255, 1]).toString('base64') },
    ]);
    expect(entries.filter(({ key }) => key.startsWith(':') || key === 'content-type')).toEqual([]);
    expect(entries).toContainEqual({ key: 'user-agent', stringValue: expect.stringContaining('grpc-node') });
  });

  test('has its bytes untouched, and needs no key', async () => {
    const bytes = Buffer.from([0x9a, 0x06, 0x03, 1, 2, 3, 0x12, 1, 0x78, 0x12, 0]);
    await world.client('ProbeAction').start('Run', bytes).reply;
    expect(last()).toMatchObject({
      payload: { type_url: 'type.googleapis.com/stategate.test.Ask', value: bytes.toString('base64') },
    });
  });

  test('over HTTP has the headers in the order in which they came, with those that came twice', async () => {
    const body = JSON.stringify({ id: 'h', text: '{}' });
    const headers = [
      'Host',
      'here',
      'Content-Type',
      'application/json',
      'X-B',
      '1',
      'X-A',
      '2',
      'x-b',
      '3',
      'X-Z-Bin',
      'AP8B',
    ];
    const status = await new Promise((resolve, reject) => {
      const path = '/stategate.test.ProbeAction/Run';
      const request = httpRequest({ port: world.proxy.apiPort, method: 'POST', path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.end(body);
    });
    expect(status).toBe(200);
    expect(last().metadata.entries.filter(({ key }) => key.startsWith('x-'))).toEqual([
      { key: 'x-b', stringValue: '1' },
      { key: 'x-a', stringValue: '2' },
      { key: 'x-b', stringValue: '3' },
      { key: 'x-z-bin', bytesValue: 'AP8B' },
    ]);
  });

  test('has metadata when there are none: an effect’s, a forward’s', async () => {
    const target = { to: 'ProbeAction', id: 'empty', order: {} };
    await world.run('ProbeAction', 'f', { forward: target, effects: [{ ...target, synchronous: true }] });
    const whole = {
      serviceName: 'stategate.test.ProbeAction',
      name: 'Run',
      payload: seen(ask('empty', {})),
      metadata: {},
    };
    expect(world.received.actions.slice(-2)).toEqual([whole, whole]);
  });

  test('does not wait for another one', async () => {
    const slow = world.run('ProbeAction', 'slow', { reply: 'slow', afterMs: 500 });
    const quick = Array.from({ length: 100 }, (_, i) => world.run('ProbeAction', 'q', { reply: String(i) }));
    expect(await Promise.race([slow, Promise.all(quick)])).toEqual(quick.map((_, i) => String(i)));
    expect(await slow).toBe('slow');
  });
});

describe('an answer', () => {
  const order: Order = {
    reply: 'r',
    metadata: [
      ['X-One', 'a'],
      ['x-one', 'b'],
      ['x-two', 'c'],
      ['x-data-bin', { bytes: 'kept' }],
      ['x-data', { bytes: 'dropped' }],
      ['content-type', 'text/evil'],
      ['grpc-status', '7'],
      ['x-broken', 'two\nlines'],
    ],
  };

  test('gives its metadata as response headers over gRPC, as far as headers can hold them', async () => {
    const call = world.client('ProbeAction').start('Run', ask('m', order).value);
    expect(await call.reply).toEqual({ text: 'r' });
    const headers = await call.headers;
    // The client joins them.
    expect([headers.get('x-one'), headers.get('x-two')]).toEqual([['a, b'], ['c']]);
    expect(headers.get('x-data-bin')).toEqual([Buffer.from('kept')]);
    expect([headers.get('x-data'), headers.get('x-broken')]).toEqual([[], []]);
  });

  test('gives them over HTTP as well', async () => {
    const response = await world.post('ProbeAction', 'm', order);
    expect([response.status, await response.json()]).toEqual([200, { text: 'r' }]);
    expect([response.headers.get('x-one'), response.headers.get('x-two')]).toEqual(['a, b', 'c']);
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(response.headers.get('x-data-bin')).toBe(Buffer.from('kept').toString('base64'));
    expect([response.headers.has('x-data'), response.headers.has('x-broken')]).toEqual([false, false]);
  });

  test.each(['expected failure', 'grüße \u{1f6d2} 100 %\nsecond line', ''])('that is a failure: %j', async (fail) => {
    await expect(world.run('ProbeAction', 'a', { fail })).rejects.toMatchObject({
      code: grpcStatus.UNKNOWN,
      details: fail,
    });
    const bare = await world.post('ProbeAction', 'a', { fail });
    expect([bare.status, bare.headers.get('content-type'), await bare.text()]).toEqual([
      500,
      'text/plain; charset=UTF-8',
      fail,
    ]);
    const json = await world.post('ProbeAction', 'a', { fail }, { accept: 'application/json' });
    expect([json.status, json.headers.get('content-type'), await json.json()]).toEqual([
      500,
      'application/json',
      { code: grpcStatus.UNKNOWN, message: fail },
    ]);
  });

  test.each([
    [grpcStatus.INVALID_ARGUMENT, 400],
    [grpcStatus.NOT_FOUND, 404],
    [grpcStatus.PERMISSION_DENIED, 403],
    [grpcStatus.RESOURCE_EXHAUSTED, 429],
    [grpcStatus.UNAVAILABLE, 503],
    [grpcStatus.DATA_LOSS, 500],
  ])('that is a gRPC status %i passes through, over HTTP as %i', async (code, httpStatus) => {
    const status = { code, details: `it is ${code}` };
    await expect(world.run('ProbeAction', 'a', { status })).rejects.toMatchObject(status);
    const response = await world.post('ProbeAction', 'a', { status });
    expect([response.status, await response.json()]).toEqual([httpStatus, { code, message: status.details }]);
  });

  test('that is empty is no message, and no crash', async () => {
    const response = await world.post('ProbeAction', 'a', { reply: null });
    expect([response.status, await response.json()]).toMatchObject([500, { code: grpcStatus.INTERNAL }]);
    await expect(world.run('ProbeAction', 'a', { reply: null })).rejects.toMatchObject({
      details: 'No message received',
    });
    expect(await world.run('ProbeAction', 'a', {})).toBe('ok');
  });
});

describe('a call that ends early', () => {
  const slow: Order = { afterMs: 5_000 };
  const cases: readonly (readonly [string, Order, number])[] = [
    ['the action', slow, 1],
    ['the action to which it was forwarded', { forward: { to: 'ProbeAction', id: 'behind', order: slow } }, 2],
  ];
  const cancelled = ({ received }: ProtocolWorld): number =>
    received.actions.filter((what) => what === 'cancelled').length;

  test.each(cases)('because its caller cancels it cancels %s', async (_, order, calls) => {
    await using fresh = await ProtocolWorld.start();
    const call = fresh.client('ProbeAction').start('Run', ask('c', order).value);
    const error = call.reply.catch((thrown: unknown) => thrown);
    await eventually(() => fresh.received.actions.length === calls);
    call.cancel();
    expect(await error).toMatchObject({ code: grpcStatus.CANCELLED });
    await eventually(() => cancelled(fresh) === 1, 2_000);
  });

  test.each(cases)('because its caller closes the HTTP connection cancels %s', async (_, order, calls) => {
    await using fresh = await ProtocolWorld.start();
    const abort = new AbortController();
    const response = fresh.post('ProbeAction', 'c', order, {}, abort.signal).catch((thrown: unknown) => thrown);
    await eventually(() => fresh.received.actions.length === calls);
    abort.abort();
    expect(await response).toMatchObject({ name: 'AbortError' });
    await eventually(() => cancelled(fresh) === 1, 2_000);
  });

  test.each(cases)('because the caller’s deadline is over cancels %s', async (_, order) => {
    const before = cancelled(world);
    const call = world.client('ProbeAction').start('Run', ask('d', order).value, { deadlineMs: 300 });
    await expect(call.reply).rejects.toMatchObject({ code: grpcStatus.DEADLINE_EXCEEDED });
    await eventually(() => cancelled(world) === before + 1, 2_000);
  });

  test.each(cases)('because the relay time is over cancels %s, and says so', async (_, order) => {
    await using hurried = await ProtocolWorld.start({ settings: { 'entities.relayTimeout': '300ms' } });
    const response = await hurried.post('ProbeAction', 'r', order);
    expect([response.status, await response.json()]).toMatchObject([504, { code: grpcStatus.DEADLINE_EXCEEDED }]);
    await expect(hurried.run('ProbeAction', 'r', order)).rejects.toMatchObject({ code: grpcStatus.DEADLINE_EXCEEDED });
    await eventually(() => cancelled(hurried) === 2, 2_000);
  });

  test.each(['cancels it', 'has a deadline'])('because its caller %s does not end its side effects', async (how) => {
    const before = cancelled(world);
    const id = `after ${how}`;
    const effects = [
      { to: 'ProbeAction', id, order: { afterMs: 800 }, synchronous: true },
      { to: 'ProbeValue', id, order: {}, synchronous: true },
    ];
    const deadline = how === 'has a deadline' ? { deadlineMs: 400 } : {};
    const call = world.client('ProbeAction').start('Run', ask('e', { effects }).value, deadline);
    const error = call.reply.catch((thrown: unknown) => thrown);
    if (how === 'cancels it') setTimeout(() => call.cancel(), 400);
    expect(await error).toMatchObject({ code: expect.any(Number) });
    expect(world.lives(id)).toEqual([]);
    await eventually(() => world.lives(id)[0]?.length === 2);
    expect(cancelled(world)).toBe(before);
  });
});
