import { gzipSync } from 'node:zlib';
import { Code as ConnectCode, ConnectError } from '@connectrpc/connect';
import { compressionGzip, createConnectTransport as createNodeTransport } from '@connectrpc/connect-node';
import { createConnectTransport as createFetchTransport } from '@connectrpc/connect-web';
import { grpc } from '@stategate/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { Code, type Status } from '../../src/proxy/transport/call.ts';
import { frame } from '../../src/proxy/transport/grpc-framing.ts';
import { listenHttp } from '../../src/proxy/transport/http-server.ts';
import { eventually } from '../support/eventually.ts';
import { ProtocolWorld } from '../support/protocol-world.ts';
import { decodeAnswer, encodeAsk, Ways, waysClient } from '../support/ways.ts';

const ways = await Ways.start();
afterAll(() => ways[Symbol.asyncDispose]());

const PROTO = { 'content-type': 'application/proto' };
const JSON_HEADERS = { 'content-type': 'application/json', 'connect-protocol-version': '1' };

function send(
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array<ArrayBuffer> | string,
): Promise<Response> {
  return fetch(`${ways.url}${path}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
}

const ask = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encodeAsk({ text }));

describe('a unary call', () => {
  test('in bytes', async () => {
    const answer = await send('/ways.Ways/Echo', { ...PROTO, 'x-echo': 'a', 'x-echo-bin': 'AQI' }, ask('hi'));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/proto']);
    expect([answer.headers.get('x-echo'), answer.headers.get('x-echo-bin')]).toEqual(['a', 'AQI=']);
    expect(decodeAnswer(await answer.bytes())).toEqual({ text: 'hi', number: 2 });
  });

  test('in JSON', async () => {
    const answer = await send('/ways.Ways/Echo', JSON_HEADERS, '{"text": "hi"}');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toEqual({ text: 'hi', number: 2 });
  });

  test('of an empty message', async () => {
    const answer = await send('/ways.Ways/Echo', PROTO, '');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test('of a service of the proxy', async () => {
    const request = new Uint8Array(grpc.health.v1.HealthCheckRequest.encode({ service: 'ways.Ways' }).finish());
    const answer = await send('/grpc.health.v1.Health/Check', PROTO, request);
    expect(grpc.health.v1.HealthCheckResponse.decode(await answer.bytes()).status).toBe(1);
  });
});

describe('a GET of a method without side effects', () => {
  const get = (query: string, method = 'Look'): Promise<Response> => fetch(`${ways.url}/ways.Ways/${method}?${query}`);
  const bytes = Buffer.from(ask('hi'));

  test.each([
    ['JSON', `connect=v1&encoding=json&message=${encodeURIComponent('{"text":"hi"}')}`],
    ['base64', `connect=v1&encoding=proto&base64=1&message=${bytes.toString('base64url')}`],
    [
      'base64 and gzip',
      `connect=v1&encoding=proto&base64=1&compression=gzip&message=${gzipSync(bytes).toString('base64url')}`,
    ],
  ])('as %s', async (_, query) => {
    const answer = await get(query);
    expect(answer.status).toBe(200);
    const body = await answer.bytes();
    expect(query.includes('json') ? JSON.parse(Buffer.from(body).toString()) : decodeAnswer(body)).toEqual({
      text: 'hi',
      number: 2,
    });
  });

  test.each([
    ['of another method', 'connect=v1&encoding=json&message={}', 405, 'unimplemented', /NO_SIDE_EFFECTS/, 'Echo'],
    ['without an encoding', 'connect=v1&message={}', 400, 'invalid_argument', /send proto or json/, 'Look'],
    [
      'with unknown compression',
      'connect=v1&encoding=json&compression=br&message={}',
      415,
      'unimplemented',
      /compression=br/,
      'Look',
    ],
  ])('%s is refused', async (_, query, status, code, message, method) => {
    const answer = await get(query, method);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ code, message: expect.stringMatching(message) });
  });
});

describe('errors', () => {
  const STATUS = [499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
  test.each(Object.entries(Code).filter(([, code]) => code !== 0))('%s', async (name, code) => {
    const answer = await send('/ways.Ways/Echo', JSON_HEADERS, JSON.stringify({ text: 'größer', code }));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([STATUS[code - 1], 'application/json']);
    const expected = name === 'CANCELLED' ? 'canceled' : name.toLowerCase();
    expect(await answer.json()).toEqual({ code: expected, message: 'größer' });
  });

  const echo = '/ways.Ways/Echo';
  test.each([
    ['JSON that is none', echo, JSON_HEADERS, '{', 400, 'invalid_argument', /not JSON/],
    ['a field that is unknown', echo, JSON_HEADERS, '{"x": 1}', 400, 'invalid_argument', /"x"|key x|unknown/],
    ['an unknown method', '/ways.Ways/None', PROTO, '', 501, 'unimplemented', /has no method "None"/],
    ['an unknown service', '/ways.None/None', PROTO, '', 501, 'unimplemented', /no service "ways.None"/],
    ['another version', echo, { ...PROTO, 'connect-protocol-version': '2' }, '', 400, 'invalid_argument', /send 1/],
    ['no time', echo, { ...PROTO, 'connect-timeout-ms': 'soon' }, '', 400, 'invalid_argument', /"soon"/],
    ['a method that streams', '/ways.Ways/Count', PROTO, '', 415, 'unimplemented', /application\/connect\+proto/],
    [
      'a stream of neither bytes nor JSON',
      '/ways.Ways/Count',
      { 'content-type': 'application/connect+cbor' },
      '',
      415,
      'unimplemented',
      /application\/connect\+proto or \+json/,
    ],
    ['too large', echo, PROTO, new Uint8Array((1 << 20) + 1), 413, 'resource_exhausted', /larger than 1048576/],
    ['unknown compression', echo, { ...PROTO, 'content-encoding': 'br' }, 'x', 415, 'unimplemented', /"br"/],
    ['gzip that is none', echo, { ...PROTO, 'content-encoding': 'gzip' }, 'x', 400, 'invalid_argument', /not gzip/],
  ])('%s', async (_, path, headers, body, status, code, message) => {
    const answer = await send(path, headers, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ code, message: expect.stringMatching(message) });
  });
});

test.each([
  ['another version', { 'connect-protocol-version': '2' }, 'invalid_argument'],
  ['no time', { 'connect-timeout-ms': 'soon' }, 'invalid_argument'],
  ['unknown compression', { 'connect-content-encoding': 'br' }, 'unimplemented'],
])('a stream ends with its error: %s', async (_, headers, code) => {
  const answer = await send('/ways.Ways/Count', { 'content-type': 'application/connect+proto', ...headers }, '');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/connect+proto']);
  const body = await answer.bytes();
  expect(body[0]).toBe(2);
  expect(JSON.parse(Buffer.from(body.subarray(5)).toString())).toMatchObject({ error: { code } });
});

test.each([
  ['JSON that is none', '/ways.Ways/Count', '{', 'invalid_argument', /not JSON/],
  ['a field that is unknown', '/ways.Ways/Gather', '{"x": 1}', 'invalid_argument', /"x"|key x|unknown/],
  ['an unknown method', '/ways.Ways/None', '{}', 'unimplemented', /has no method "None"/],
  ['a service of the proxy', '/grpc.health.v1.Health/Watch', '{}', 'unimplemented', /send application\/connect\+proto/],
])('a stream in JSON ends with its error: %s', async (_, path, json, code, message) => {
  const headers = { 'content-type': 'application/connect+json' };
  const good = frame(Buffer.from('{"text": "a"}'));
  const answer = await send(path, headers, new Uint8Array(Buffer.concat([frame(Buffer.from(json)), good])));
  expect(answer.status).toBe(200);
  const body = await answer.bytes();
  expect(body[0]).toBe(2);
  const end: unknown = JSON.parse(Buffer.from(body.subarray(5)).toString());
  expect(end).toEqual({ error: { code, message: expect.stringMatching(message) } });
});

test('a reply that cannot be JSON ends a stream in JSON', async () => {
  const nothing = (): void => undefined;
  const ended: Status[] = [];
  const server = await listenHttp({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: 100,
    onHttp: nothing,
    onCall: (call) => ({
      onHeaders: nothing,
      onMessage: (bytes) => void [bytes, bytes].map((reply) => call.send(reply)),
      onHalfClose: nothing,
      onEnd: (status) => void ended.push(status),
      onDrain: nothing,
    }),
    connectJsonOf: () => ({
      fromJson: (json) => json,
      toJson() {
        throw new Error('not of its type');
      },
    }),
  });
  const answer = await fetch(`http://127.0.0.1:${server.port}/a.B/C`, {
    method: 'POST',
    headers: { 'content-type': 'application/connect+json' },
    body: new Uint8Array(frame(Buffer.from('{}'))),
    signal: AbortSignal.timeout(10_000),
  });
  const error = { code: 'internal', message: '/a.B/C: not of its type' };
  expect(JSON.parse((await answer.text()).slice(5))).toEqual({ error });
  await eventually(() => ended.length > 0);
  expect(ended).toEqual([{ code: Code.INTERNAL, message: error.message }]);
  await server.close(100);
});

test('the generated HTTP rule of the same path is left alone', async () => {
  const headers = { 'content-type': 'application/json' };
  const good = await send('/ways.Ways/Echo', headers, '{"text": "hi"}');
  expect([good.status, await good.json()]).toEqual([200, { text: 'hi', number: 2 }]);
  const bad = await send('/ways.Ways/Echo', headers, '{"text": "no", "code": 5}');
  expect([bad.status, await bad.json()]).toEqual([404, { code: 5, message: 'no' }]);
});

test('the time that the caller allows is kept', async () => {
  await using world = await ProtocolWorld.start();
  const order = { afterMs: 3_000, reply: 'late' };
  const headers = { 'connect-protocol-version': '1', 'connect-timeout-ms': '200' };
  const started = performance.now();
  const answer = await world.post('ProbeValue', 'a', order, headers);
  expect(answer.status).toBe(504);
  expect(await answer.json()).toMatchObject({ code: 'deadline_exceeded' });
  expect(performance.now() - started).toBeLessThan(2_000);
});

describe.each([
  ['connect-web (fetch)', createFetchTransport({ baseUrl: ways.url, useBinaryFormat: true })],
  ['connect-web (fetch), JSON', createFetchTransport({ baseUrl: ways.url })],
  ['connect-node, HTTP/1.1', createNodeTransport({ baseUrl: ways.url, httpVersion: '1.1' })],
  [
    'connect-node, HTTP/2, gzip',
    createNodeTransport({ baseUrl: ways.url, httpVersion: '2', sendCompression: compressionGzip }),
  ],
  [
    'connect-node, HTTP/2, gzip, JSON',
    createNodeTransport({
      baseUrl: ways.url,
      httpVersion: '2',
      sendCompression: compressionGzip,
      useBinaryFormat: false,
    }),
  ],
])('streams: %s', (_, transport) => {
  const client = waysClient(transport);

  test('are read to their end', async () => {
    const text = 'n'.repeat(2_000);
    const numbers: number[] = [];
    for await (const { number } of client.count({ text, count: 100 })) numbers.push(number);
    expect(numbers).toEqual(Array.from({ length: 100 }, (__, i) => i + 1));
  });

  test('are read to their error', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { number } of client.count({ text: 'lost', count: 2, code: 15 })) seen.push(number);
    })();
    await expect(reading).rejects.toMatchObject({ code: ConnectCode.DataLoss, rawMessage: 'lost' });
    expect(seen).toEqual([1, 2]);
  });
});

test.each([true, false])('a stream of requests, in bytes: %s', async (useBinaryFormat) => {
  const client = waysClient(createNodeTransport({ baseUrl: ways.url, httpVersion: '2', useBinaryFormat }));
  async function* asks() {
    yield { text: 'the only one' };
  }
  expect(await client.gather(asks())).toMatchObject({ text: 'the only one' });
});

describe.each([
  ['connect-web (fetch), JSON', createFetchTransport({ baseUrl: ways.url })],
  ['connect-web (fetch), bytes', createFetchTransport({ baseUrl: ways.url, useBinaryFormat: true })],
  ['connect-web (fetch), GET', createFetchTransport({ baseUrl: ways.url, useHttpGet: true })],
  ['connect-node, HTTP/1.1', createNodeTransport({ baseUrl: ways.url, httpVersion: '1.1' })],
  ['connect-node, HTTP/2', createNodeTransport({ baseUrl: ways.url, httpVersion: '2' })],
  [
    'connect-node, gzip',
    createNodeTransport({ baseUrl: ways.url, httpVersion: '1.1', sendCompression: compressionGzip }),
  ],
])('%s', (_, transport) => {
  const client = waysClient(transport);

  test('calls', async () => {
    const text = 'hello '.repeat(500);
    expect(await client.echo({ text })).toMatchObject({ text, number: text.length });
    expect(await client.look({ text })).toMatchObject({ text, number: text.length });
  });

  test('gets errors', async () => {
    const failed = await client.echo({ text: 'nö', code: 7 }).catch((error: unknown) => ConnectError.from(error));
    expect(failed).toMatchObject({ code: ConnectCode.PermissionDenied, rawMessage: 'nö' });
  });
});
