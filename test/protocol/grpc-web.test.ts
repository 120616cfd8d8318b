import { Agent, type IncomingMessage, request as http1 } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Code as ConnectCode, ConnectError } from '@connectrpc/connect';
import { compressionGzip, createGrpcWebTransport as createNodeTransport } from '@connectrpc/connect-node';
import { createGrpcWebTransport as createFetchTransport } from '@connectrpc/connect-web';
import { afterAll, describe, expect, test } from 'vitest';
import { frame } from '../../src/proxy/transport/grpc-framing.ts';
import { eventually } from '../support/eventually.ts';
import { type Ask, decodeAnswer, encodeAsk, Ways, waysClient } from '../support/ways.ts';

const ways = await Ways.start({ cors: { origins: ['https://app.example.org'], credentials: false } });
afterAll(() => ways[Symbol.asyncDispose]());

const BINARY = 'application/grpc-web+proto';
const TEXT = 'application/grpc-web-text';

interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** In the pieces in which they came. */
  readonly body: Buffer;
}

/** One request over HTTP/1.1, byte by byte as it is given. */
function post(path: string, headers: Record<string, string>, pieces: readonly Uint8Array[]): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    const { port } = ways.server;
    const outgoing = http1({ host: '127.0.0.1', port, method: 'POST', path, headers, timeout: 10_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
    outgoing.once('error', reject);
    for (const piece of pieces) outgoing.write(piece);
    outgoing.end();
  });
}

/** The messages of an answer, and its trailers as they stand in the last frame. */
function read(body: Buffer): { readonly answers: readonly object[]; readonly trailers: string | undefined } {
  const answers: object[] = [];
  let trailers: string | undefined;
  for (let at = 0; at < body.length;) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    const payload = body.subarray(at + 5, end);
    if (body[at] === 0x80) trailers = payload.toString('latin1');
    else answers.push(decodeAnswer(body[at] === 1 ? gunzipSync(payload) : payload));
    at = end;
  }
  return { answers, trailers };
}

const ECHO = '/ways.Ways/Echo';
const COUNT = '/ways.Ways/Count';
const message = (ask: Ask): Buffer => frame(encodeAsk(ask));
const base64 = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('base64'));
const OK_TRAILERS = 'grpc-status: 0\r\n';

describe('binary, over HTTP/1.1', () => {
  test('one message: its answer, then the trailers in a frame', async () => {
    const { status, headers, body } = await post(ECHO, { 'content-type': BINARY }, [message({ text: 'hi' })]);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': BINARY });
    expect(headers).not.toHaveProperty('grpc-status');
    expect(read(body)).toEqual({ answers: [{ text: 'hi', number: 2 }], trailers: OK_TRAILERS });
  });

  test.each(['application/grpc-web', 'application/grpc-web+proto; charset=utf-8', 'Application/gRPC-Web'])(
    'the content type may be %s',
    async (type) => {
      const { body } = await post(ECHO, { 'content-type': type }, [message({ text: 'hi' })]);
      expect(read(body).answers).toHaveLength(1);
    },
  );

  test('a stream of answers, and its failure at the end', async () => {
    const request = message({ text: 'no more', count: 3, code: 9 });
    const { body } = await post(COUNT, { 'content-type': BINARY }, [request]);
    expect(read(body)).toEqual({
      answers: [1, 2, 3].map((number) => ({ text: 'no more', number })),
      trailers: 'grpc-status: 9\r\ngrpc-message: no more\r\n',
    });
  });

  test('a request that comes in pieces', async () => {
    const bytes = message({ text: 'x'.repeat(500) });
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(i * 7, i * 7 + 7));
    const { body } = await post(ECHO, { 'content-type': BINARY }, pieces);
    expect(read(body).answers).toEqual([{ text: 'x'.repeat(500), number: 500 }]);
  });

  test('metadata, texts and bytes', async () => {
    const sent = { 'content-type': BINARY, 'x-echo': 'a', 'x-echo-bin': 'AQI=' };
    const { headers } = await post(ECHO, sent, [message({ text: 'hi' })]);
    expect(headers).toMatchObject({ 'x-echo': 'a', 'x-echo-bin': 'AQI=' });
  });
});

test('an answer before the end of its request leaves the connection to the next one', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const options = { host: '127.0.0.1', port: ways.server.port, method: 'POST', agent };
  const headers = { 'content-type': BINARY };
  const early = http1({ ...options, path: '/ways.Ways/None', headers });
  early.write(message({ text: 'a' }));
  const answer = await new Promise<IncomingMessage>((resolve) => early.once('response', resolve));
  expect(answer.headers).toMatchObject({ 'grpc-status': '12' });
  answer.resume();
  early.end(message({ text: 'b' }));
  await new Promise((resolve) => early.once('close', resolve));
  const next = http1({ ...options, path: ECHO, headers });
  next.write(message({ text: 'slow' }).subarray(0, 3));
  // Beyond the time that is given to requests whose answers were early.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  next.end(message({ text: 'slow' }).subarray(3));
  const second = await new Promise<IncomingMessage>((resolve, reject) => {
    next.once('response', resolve);
    next.once('error', reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of second as AsyncIterable<Buffer>) chunks.push(chunk);
  expect(read(Buffer.concat(chunks)).answers).toEqual([{ text: 'slow', number: 4 }]);
  agent.destroy();
});

test('a caller that goes on sending after its answer is cut off', async () => {
  const path = '/ways.Ways/None';
  const outgoing = http1({ host: '127.0.0.1', port: ways.server.port, method: 'POST', path });
  outgoing.setHeader('content-type', BINARY);
  const timer = setInterval(() => outgoing.write(message({ text: 'more' })), 50);
  const closed = new Promise((resolve) => outgoing.once('close', resolve));
  outgoing.on('error', () => undefined);
  const answer = await new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
  expect(answer.headers).toMatchObject({ 'grpc-status': '12' });
  answer.resume();
  answer.once('error', () => undefined);
  await closed;
  clearInterval(timer);
});

describe('text', () => {
  test('is answered as text to those who accept it, each piece by itself', async () => {
    const headers = { 'content-type': TEXT, accept: TEXT };
    const answer = await post(COUNT, headers, [base64(message({ text: 'ab', count: 2 }))]);
    expect(answer.headers).toMatchObject({ 'content-type': `${TEXT}+proto` });
    const pieces = answer.body.toString('latin1').match(/[^=]+=*/g) ?? [];
    const decoded = Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
    expect(read(decoded)).toEqual({
      answers: [
        { text: 'ab', number: 1 },
        { text: 'ab', number: 2 },
      ],
      trailers: OK_TRAILERS,
    });
  });

  test('is answered as binary to others', async () => {
    const answer = await post(ECHO, { 'content-type': TEXT, accept: '*/*' }, [base64(message({ text: 'hi' }))]);
    expect(answer.headers).toMatchObject({ 'content-type': BINARY });
    expect(read(answer.body).answers).toEqual([{ text: 'hi', number: 2 }]);
  });

  test('may come in padded pieces, cut anywhere', async () => {
    const bytes = message({ text: 'hello' });
    const text = Buffer.concat([base64(bytes.subarray(0, 4)), base64(bytes.subarray(4, 5)), base64(bytes.subarray(5))]);
    const pieces = [...text].map((byte) => Buffer.from([byte]));
    expect(read((await post(ECHO, { 'content-type': TEXT }, pieces)).body).answers).toEqual([
      { text: 'hello', number: 5 },
    ]);
  });
});

describe('an error before any answer is in the headers alone', () => {
  const large = { text: 'x'.repeat(1 << 20) };
  test.each([
    ['of the function', ECHO, {}, message({ text: 'größer', code: 3 }), 3, 'größer'],
    ['unknown method', '/ways.Ways/None', {}, message({}), 12, /^ways.Ways has no method "None"/],
    ['no message', ECHO, {}, Buffer.alloc(0), 3, /takes one message, none came/],
    ['half a message', ECHO, {}, message({ text: 'hi' }).subarray(0, 6), 3, /ended in the middle of a message/],
    ['too large', ECHO, {}, message(large), 8, /larger than 1048576 bytes/],
    ['a frame of trailers', ECHO, {}, Buffer.from([0x80, 0, 0, 0, 0]), 13, /neither a message/],
    [
      'unknown compression',
      ECHO,
      { 'grpc-encoding': 'br' },
      message({}),
      12,
      /"br" cannot be read: send identity or gzip/,
    ],
    ['compressed without saying how', ECHO, {}, Buffer.from([1, 0, 0, 0, 0]), 13, /no header says how/],
    ['no time', ECHO, { 'grpc-timeout': '5x' }, message({}), 3, /grpc-timeout "5x"/],
    ['text that is none', ECHO, { 'content-type': TEXT }, Buffer.from('????'), 3, /not encoded as its headers say/],
  ])('%s', async (_, path, headers, bytes, code, text) => {
    const answer = await post(path, { 'content-type': BINARY, ...headers }, [bytes]);
    expect([answer.status, answer.headers['grpc-status'], answer.body.length]).toEqual([200, String(code), 0]);
    expect(decodeURIComponent(String(answer.headers['grpc-message']))).toMatch(text);
  });

  test('the server that did not understand the compression says which it does', async () => {
    const { headers } = await post(ECHO, { 'content-type': BINARY, 'grpc-encoding': 'br' }, [message({})]);
    expect(headers).toMatchObject({ 'grpc-accept-encoding': 'identity,gzip' });
  });
});

describe('gzip', () => {
  const headers = { 'content-type': BINARY, 'grpc-encoding': 'gzip', 'grpc-accept-encoding': 'gzip' };
  const zipped = (ask: Ask): Buffer => {
    const framed = frame(gzipSync(encodeAsk(ask)));
    framed[0] = 1;
    return framed;
  };

  test('both ways', async () => {
    const text = 'x'.repeat(10_000);
    const answer = await post(ECHO, headers, [zipped({ text })]);
    expect(answer.headers).toMatchObject({ 'grpc-encoding': 'gzip' });
    expect(answer.body.length).toBeLessThan(500);
    expect(read(answer.body)).toEqual({ answers: [{ text, number: 10_000 }], trailers: OK_TRAILERS });
  });

  test('a bomb is refused', async () => {
    const answer = await post(ECHO, headers, [zipped({ text: 'x'.repeat(50 << 20) })]);
    expect(answer.headers).toMatchObject({ 'grpc-status': '8' });
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example.org';
  const preflight = (from: string) =>
    fetch(`${ways.url}${ECHO}`, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-grpc-web',
      },
    });

  test('may ask whether they may call', async () => {
    const { status, headers } = await preflight(origin);
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type,x-grpc-web',
      'access-control-max-age': '7200',
    });
  });

  test('are refused when they are not named', async () => {
    const answer = await preflight('https://evil.example.org');
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect(await answer.text()).toContain('https://evil.example.org may not call this API');
  });

  test('may read the metadata and the status', async () => {
    const sent = { 'content-type': BINARY, origin, 'x-echo': 'a' };
    const good = await post(ECHO, sent, [message({ text: 'hi' })]);
    expect(good.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'x-echo',
      vary: 'origin',
    });
    const bad = await post(ECHO, sent, [message({ text: 'no', code: 5 })]);
    expect(bad.headers).toMatchObject({ 'access-control-expose-headers': 'grpc-status, grpc-message' });
  });

  test('may read HTTP answers too', async () => {
    const body = JSON.stringify({ text: 'hi' });
    const headers = { 'content-type': 'application/json', origin };
    const answer = await fetch(`${ways.url}${ECHO}`, { method: 'POST', headers, body });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('get nothing where nobody is named', async () => {
    await using closed = await Ways.start();
    const headers = { origin, 'access-control-request-method': 'POST' };
    const answer = await fetch(`${closed.url}${ECHO}`, { method: 'OPTIONS', headers });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.status).not.toBe(204);
  });
});

test('a caller that goes away cancels the call, and holds the function back while it does not read', async () => {
  const text = 'y'.repeat(10_000);
  const outgoing = http1({
    host: '127.0.0.1',
    port: ways.server.port,
    method: 'POST',
    path: COUNT,
    headers: { 'content-type': BINARY },
  });
  outgoing.end(message({ text, count: 1_000_000 }));
  const answer = await new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
  answer.once('error', () => undefined);
  await new Promise((resolve) => answer.once('data', resolve));
  answer.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { answers } = ways.seen;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ways.seen.answers).toBe(answers);
  expect(ways.seen.cancelled).not.toContain(text);
  answer.destroy();
  await eventually(() => ways.seen.cancelled.includes(text), 10_000, 'the cancellation');
});

describe.each([
  ['connect-web (fetch)', createFetchTransport({ baseUrl: ways.url })],
  ['connect-node, HTTP/1.1', createNodeTransport({ baseUrl: ways.url, httpVersion: '1.1' })],
  ['connect-node, HTTP/2', createNodeTransport({ baseUrl: ways.url, httpVersion: '2' })],
  [
    'connect-node, gzip',
    createNodeTransport({ baseUrl: ways.url, httpVersion: '1.1', sendCompression: compressionGzip }),
  ],
])('%s', (_, transport) => {
  const client = waysClient(transport);

  test('calls', async () => {
    const headers = new Headers();
    const text = 'hello '.repeat(500);
    const answer = await client.echo(
      { text },
      { headers: { 'x-echo': 'a' }, onHeader: (got) => got.forEach((value, name) => headers.set(name, value)) },
    );
    expect(answer).toMatchObject({ text, number: text.length });
    expect(headers.get('x-echo')).toBe('a');
  });

  test('reads a stream', async () => {
    const numbers: number[] = [];
    for await (const { number } of client.count({ text: 'n', count: 200 })) numbers.push(number);
    expect(numbers).toEqual(Array.from({ length: 200 }, (__, i) => i + 1));
  });

  test('gets errors, before and after answers', async () => {
    const failed = await client.echo({ text: 'nö', code: 7 }).catch((error: unknown) => ConnectError.from(error));
    expect(failed).toMatchObject({ code: ConnectCode.PermissionDenied, rawMessage: 'nö' });
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { number } of client.count({ text: 'lost', count: 2, code: 15 })) seen.push(number);
    })();
    await expect(reading).rejects.toMatchObject({ code: ConnectCode.DataLoss, rawMessage: 'lost' });
    expect(seen).toEqual([1, 2]);
  });
});
