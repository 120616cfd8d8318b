import { request } from 'node:http';
import type { JsonValue } from '@bufbuild/protobuf';
import { google } from '@stategate/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { Code, type Status } from '../../../../src/proxy/transport/call.ts';
import { serveSamples } from './json-exchange.ts';

const { http, exchange, handle } = await serveSamples();
afterAll(() => http[Symbol.asyncDispose]());

describe('a reply becomes a response', () => {
  it.each<{ path: string; reply: JsonValue; body: string }>([
    { path: '/tally/t1', reply: { total: 3 }, body: '{"total":3}' },
    { path: '/tally/t1', reply: {}, body: '{"total":0}' },
    { path: '/carts/u', reply: {}, body: '{"items":[]}' },
    {
      path: '/carts/u',
      reply: { items: [{ productId: 'p', quantity: 2 }] },
      body: '{"items":[{"productId":"p","name":"","quantity":2}]}',
    },
    { path: '/carts/u/items', reply: {}, body: '[]' },
    { path: '/carts/u/items', reply: { items: [{ name: 'n' }] }, body: '[{"productId":"","name":"n","quantity":0}]' },
    { path: '/long/1', reply: { long: '9007199254740993' }, body: '"9007199254740993"' },
    { path: '/at', reply: { at: '2020-01-02T03:04:05Z' }, body: '"2020-01-02T03:04:05Z"' },
    { path: '/at', reply: {}, body: 'null' },
    {
      path: '/echo',
      reply: {
        color: 'GREEN',
        unsignedLong: '1',
        counts: { a: 1 },
        any: { '@type': 'type.googleapis.com/foreign.tally.Total', total: 1 },
        left: 'x',
      },
      body:
        '{"text":"","int":0,"unsigned":0,"long":"0","unsignedLong":"1","float":0,"double":0,"bool":false,"bytes":"","color":"GREEN","numbers":[],' +
        '"counts":{"a":1},"left":"x","any":{"@type":"type.googleapis.com/foreign.tally.Total","total":1},"colors":[],"times":[],"old":false}',
    },
  ])('$path $body', async ({ path, reply, body }) => {
    const { answer } = await exchange({ reply }, 'GET', path);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(body));
    expect(answer.body.length).toBe(body.length);
  });

  it('with the texts of the first metadata as headers, but never ours', async () => {
    const metadata = [
      ['x-one', '1'],
      ['X-Two', '2'],
      ['x-one', '3'],
      ['x-bin', new Uint8Array([1])],
      ['content-type', 'text/html'],
      ['content-length', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['x bad name', '1'],
      ['x-bad-value', 'a\r\nb: c'],
      [':status', '204'],
    ] as const;
    const { answer } = await exchange({ reply: { total: 1 }, metadata }, 'GET', '/tally/t1');
    expect(answer).toMatchObject({
      status: 200,
      body: '{"total":1}',
      headers: { 'content-type': 'application/json', 'x-one': '1, 3', 'x-two': '2' },
    });
    expect(
      Object.keys(answer.headers)
        .filter((name) => name.startsWith('x'))
        .toSorted(),
    ).toEqual(['x-bin', 'x-one', 'x-two']);
    expect(answer.headers['x-bin']).toBe('AQ==');
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
  });

  it('with the body and content type of a google.api.HttpBody', async () => {
    const reply = google.api.HttpBody.encode({ contentType: 'image/x', data: Buffer.from('<bytes>') }).finish();
    const { answer } = await exchange({ reply }, 'GET', '/file/name');
    expect(answer).toMatchObject({ status: 200, body: '<bytes>', headers: { 'content-type': 'image/x' } });
  });

  it('without a content type when that HttpBody has none that HTTP can carry', async () => {
    const reply = google.api.HttpBody.encode({ contentType: 'a\nb', data: Buffer.from('x') }).finish();
    const { answer } = await exchange({ reply }, 'GET', '/file/name');
    expect(answer).toMatchObject({ status: 200, body: 'x' });
    expect(answer.headers).not.toHaveProperty('content-type');
  });
});

it('HEAD is GET without the body', async () => {
  const { command, answer } = await exchange({ reply: { total: 3 } }, 'HEAD', '/tally/t1');
  expect(command?.method.name).toBe('Get');
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-length': '11', 'content-type': 'application/json' },
  });
  expect(answer.body).toBe('');
});

describe('a command that fails', () => {
  it.each<[code: Code, status: number]>([
    [Code.CANCELLED, 499],
    [Code.UNKNOWN, 500],
    [Code.INVALID_ARGUMENT, 400],
    [Code.DEADLINE_EXCEEDED, 504],
    [Code.NOT_FOUND, 404],
    [Code.ALREADY_EXISTS, 409],
    [Code.PERMISSION_DENIED, 403],
    [Code.RESOURCE_EXHAUSTED, 429],
    [Code.FAILED_PRECONDITION, 400],
    [Code.ABORTED, 409],
    [Code.OUT_OF_RANGE, 400],
    [Code.UNIMPLEMENTED, 501],
    [Code.INTERNAL, 500],
    [Code.UNAVAILABLE, 503],
    [Code.DATA_LOSS, 500],
    [Code.UNAUTHENTICATED, 401],
  ])('with code %i is HTTP %i and google.rpc.Status', async (code, status) => {
    const { answer } = await exchange({ status: { code, message: 'a "text"' } }, 'GET', '/tally/t1');
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/json' },
      body: `{"code":${code},"message":"a \\"text\\""}`,
    });
  });

  const failure: Status = { code: Code.UNKNOWN, message: 'the user function says no: é', bare: true };

  it.each([undefined, '*/*', 'text/plain, text/html', 'application/json;q=0, text/plain', 'application/jsonx'])(
    'by a text of the user function is that text, with Accept %s',
    async (accept) => {
      const { answer } = await exchange(
        { status: failure },
        'GET',
        '/tally/t1',
        accept === undefined ? {} : { accept },
      );
      expect(answer).toMatchObject({
        status: 500,
        headers: { 'content-type': 'text/plain; charset=UTF-8' },
        body: failure.message,
      });
    },
  );

  it.each([
    'application/json',
    'text/html, application/json;q=0.5',
    'application/problem+json',
    'text/plain, APPLICATION/x-ndjson',
  ])('is JSON with Accept %s', async (accept) => {
    const { answer } = await exchange({ status: failure }, 'GET', '/tally/t1', { accept });
    expect(answer).toMatchObject({
      status: 500,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 2, message: failure.message }),
    });
  });

  it('by ending without a reply says so', async () => {
    const { answer } = await exchange('nothing', 'GET', '/tally/t1');
    expect(answer).toMatchObject({
      status: 500,
      body: '{"code":13,"message":"/foreign.tally.Tally/Get ended without a reply"}',
    });
  });

  it('by a reply that is no such message says so', async () => {
    const { answer } = await exchange({ reply: new Uint8Array([0x0b]) }, 'GET', '/tally/t1');
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({
      code: 13,
      message: expect.stringContaining('the reply is not a readable foreign.tally.Total'),
    });
  });
});

it('a client that goes away cancels its command', async () => {
  const cancelled = new Promise<void>((resolve) => {
    handle(({ signal }) => {
      signal.addEventListener('abort', () => resolve());
      client.destroy();
      return new Promise(() => undefined);
    });
  });
  const client = request({ host: http.server.host, port: http.server.port, path: '/tally/t1' });
  client.on('error', () => undefined);
  client.end();
  await expect(cancelled).resolves.toBeUndefined();
}, 5_000);
