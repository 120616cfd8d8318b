import { gunzipSync, gzipSync } from 'node:zlib';
import { request as http1 } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { Client, compressionAlgorithms, credentials } from '@grpc/grpc-js';
import { afterAll, describe, expect, test } from 'vitest';
import type { Compression } from '../../src/proxy/transport/compression.ts';
import { acceptsGzip } from '../../src/proxy/transport/compression.ts';
import { COMPRESSED, frame, frameAs } from '../../src/proxy/transport/grpc-framing.ts';
import { decodeAnswer, encodeAsk, Ways } from '../support/ways.ts';

const MAX = 1 << 20;
const worlds: Readonly<Record<Compression, Ways>> = {
  auto: await Ways.start(),
  always: await Ways.start({ compression: 'always' }),
  never: await Ways.start({ compression: 'never' }),
};
afterAll(() => Promise.all(Object.values(worlds).map((ways) => ways[Symbol.asyncDispose]())));
const MODES = ['auto', 'always', 'never'] as const;
const long = 'hello '.repeat(1_000);

describe('gRPC', () => {
  interface Outcome {
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }

  /** One call, by the bytes: what a gRPC library makes of it is not seen here. */
  function call(
    ways: Ways,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    path = '/ways.Ways/Echo',
  ): Promise<Outcome> {
    const session = connect(ways.url);
    return new Promise<Outcome>((resolve, reject) => {
      const fixed = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
      const stream = session.request({ ...fixed, ...headers });
      const all: IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      stream.once('response', (got) => Object.assign(all, got));
      stream.once('trailers', (got) => Object.assign(all, got));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('error', reject);
      stream.once('end', () => resolve({ headers: all, body: Buffer.concat(chunks) }));
      stream.setTimeout(10_000, () => stream.destroy(new Error('no answer within 10 s')));
      stream.end(body);
    }).finally(() => session.destroy());
  }

  const gzipped = (text: string): Buffer => frameAs(COMPRESSED, gzipSync(encodeAsk({ text })));
  const plain = (text: string): Buffer => frame(encodeAsk({ text }));
  const accepts = { 'grpc-accept-encoding': 'identity,deflate,gzip' };
  const sends = { ...accepts, 'grpc-encoding': 'gzip' };

  test.each([
    ['auto', sends, gzipped(long), true],
    ['auto', sends, gzipped('short'), false],
    ['auto', { 'grpc-encoding': 'gzip' }, gzipped(long), false],
    ['auto', accepts, plain(long), false],
    ['always', accepts, plain(long), true],
    ['always', {}, plain(long), false],
    ['never', sends, gzipped(long), false],
  ] as const)('%s, with %j', async (mode, headers, request, compressed) => {
    const answer = await call(worlds[mode], headers, request);
    const message = answer.body.subarray(5);
    expect(answer.headers['grpc-status']).toBe('0');
    expect(answer.body[0]).toBe(compressed ? COMPRESSED : 0);
    if (compressed) expect(answer.headers['grpc-encoding']).toBe('gzip');
    const { text } = decodeAnswer(compressed ? gunzipSync(message) : message);
    expect([long, 'short']).toContain(text);
  });

  test('messages of one call may be compressed or not', async () => {
    const answer = await call(worlds.auto, sends, plain('as it is'));
    expect(decodeAnswer(answer.body.subarray(5)).text).toBe('as it is');
  });

  test.each([
    ['another compression', { 'grpc-encoding': 'br' }, frameAs(COMPRESSED, Buffer.from('x')), '12'],
    ['compressed without saying how', {}, frameAs(COMPRESSED, Buffer.from('x')), '13'],
    ['gzip that is none', sends, frameAs(COMPRESSED, Buffer.from('x')), '3'],
    ['a bomb', sends, gzipped('x'.repeat(40 * MAX)), '8'],
  ])('%s is refused', async (_, headers, request, status) => {
    expect((await call(worlds.auto, headers, request)).headers).toMatchObject({
      'grpc-status': status,
      ...(status === '12' && { 'grpc-accept-encoding': 'identity,gzip' }),
    });
  });

  test('grpc-js speaks it', async () => {
    const client = new Client(worlds.auto.url.replace('http://', ''), credentials.createInsecure(), {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    });
    const answer = await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        '/ways.Ways/Echo',
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => decodeAnswer(bytes).text,
        Buffer.from(encodeAsk({ text: long })),
        { deadline: Date.now() + 10_000 },
        (error, text) => (error === null ? resolve(text) : reject(error)),
      );
    });
    client.close();
    expect(answer).toBe(long);
  });
});

describe('HTTP', () => {
  interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly body: Buffer;
  }

  /** Without what `fetch` would do by itself. */
  function post(ways: Ways, headers: Readonly<Record<string, string>>, body: string | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: ways.server.port, method: 'POST', path: '/ways.Ways/Echo' };
      const outgoing = http1(
        { ...options, timeout: 10_000, headers: { 'content-type': 'application/json', ...headers } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  const asked = JSON.stringify({ text: long });
  const answered = { text: long, number: long.length };

  test.each(MODES)('%s: an answer above 1 KiB, for those who accept gzip', async (mode) => {
    const { status, headers, body } = await post(worlds[mode], { 'accept-encoding': 'br, gzip' }, asked);
    expect(status).toBe(200);
    if (mode === 'never') expect(JSON.parse(body.toString())).toEqual(answered);
    else {
      expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
      expect(Number(headers['content-length'])).toBe(body.length);
      expect(JSON.parse(gunzipSync(body).toString())).toEqual(answered);
    }
  });

  test.each([
    ['for others', {}, asked],
    ['when gzip is ruled out', { 'accept-encoding': 'gzip;q=0, identity' }, asked],
    ['when it is small', { 'accept-encoding': 'gzip' }, '{"text": "hi"}'],
  ])('an answer stays as it is %s', async (_, headers, body) => {
    const answer = await post(worlds.auto, headers, body);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(answer.body.toString())).toHaveProperty('text');
  });

  test('a body may come compressed', async () => {
    const { status, body } = await post(worlds.auto, { 'content-encoding': 'gzip' }, gzipSync(asked));
    expect([status, JSON.parse(body.toString())]).toEqual([200, answered]);
  });

  test.each([
    ['a bomb', 'gzip', gzipSync(JSON.stringify({ text: 'x'.repeat(40 * MAX) })), 413, 8, /larger than 1048576 bytes/],
    ['no gzip', 'gzip', '{}', 400, 3, /not gzip/],
    ['another compression', 'br', '{}', 415, 3, /"br" is not understood: send gzip or identity/],
  ])('%s is refused', async (_, encoding, sent, status, code, message) => {
    const answer = await post(worlds.auto, { 'content-encoding': encoding }, sent);
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
      status,
      { code, message: expect.stringMatching(message) },
    ]);
  });
});

test.each([
  ['gzip', true],
  ['br, GZIP;q=0.5', true],
  ['*', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['deflate', false],
  ['', false],
  [undefined, false],
])('%j accepts gzip: %s', (list, accepts) => {
  expect(acceptsGzip(list)).toBe(accepts);
});
