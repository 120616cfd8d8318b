import { connect as connectHttp2 } from 'node:http2';
import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import type protobufjs from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { probeRoot } from '../support/probe.ts';
import { echo, ScriptedFunction } from '../support/scripted-function.ts';

let userFunction: ScriptedFunction;
let proxy: InProcessProxy;
let root: protobufjs.Root;

beforeAll(async () => {
  root = probeRoot();
  userFunction = await ScriptedFunction.start({ eventSourced: echo });
  proxy = await InProcessProxy.start(userFunction.port);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await userFunction[Symbol.asyncDispose]();
});

const json = { 'content-type': 'application/json' };

describe('HTTP', () => {
  test.each<[string, string, RequestInit, number, RegExp]>([
    ['wrong JSON', '/probe/a', { method: 'POST', headers: json, body: '{"text":' }, 400, /JSON/],
    ['an unknown field', '/probe/a', { method: 'POST', headers: json, body: '{"txet":"x"}' }, 400, /txet/],
    ['a field of another type', '/probe/a', { method: 'POST', headers: json, body: '{"text":7}' }, 400, /text/],
    [
      'a missing entity key',
      '/probe/',
      { method: 'POST', headers: json, body: '{}' },
      400,
      /id of stategate.test.Ask is empty/,
    ],
    [
      'another content type',
      '/probe/a',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
      400,
      /application\/json/,
    ],
    ['an empty body', '/probe/a', { method: 'POST', headers: json }, 400, /body/],
    ['an unknown path', '/nowhere', { method: 'GET' }, 404, /\/nowhere/],
    ['another verb', '/probe/a', { method: 'GET' }, 405, /GET/],
    [
      'an entity id of 2 KiB',
      `/probe/${'x'.repeat(2048)}`,
      { method: 'POST', headers: json, body: '{}' },
      400,
      /2048 bytes, the limit is 1024/,
    ],
    [
      'a body of 13 MiB',
      '/probe/a',
      { method: 'POST', headers: json, body: JSON.stringify({ text: 'x'.repeat(13 << 20) }) },
      413,
      /12582912 bytes/,
    ],
  ])('%s is refused with a text that names it', async (_, path, init, status, text) => {
    const response = await fetch(proxy.url(path), { ...init, signal: AbortSignal.timeout(10_000) });
    const body = await response.text();
    expect([response.status, body]).toEqual([status, expect.stringMatching(text)]);
    expect(JSON.parse(body)).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
    await stillServes();
  });
});

describe('gRPC', () => {
  test.each<[string, string, string, object, number, RegExp]>([
    [
      'a missing entity key',
      'Probe',
      'Run',
      { text: 'x' },
      grpcStatus.INVALID_ARGUMENT,
      /id of stategate.test.Ask is empty/,
    ],
    ['an entity id of 2 KiB', 'Probe', 'Run', { id: 'x'.repeat(2048) }, grpcStatus.INVALID_ARGUMENT, /limit is 1024/],
    [
      'a message of 13 MiB',
      'Probe',
      'Run',
      { id: 'a', text: 'x'.repeat(13 << 20) },
      grpcStatus.RESOURCE_EXHAUSTED,
      /larger than 12582912 bytes/,
    ],
  ])('%s is refused with a text that names it', async (_, service, method, request, code, text) => {
    using client = new GrpcClient(proxy.apiPort, root, `stategate.test.${service}`);
    const error = await client.call(method, request).then(
      () => undefined,
      (reason: ServiceError) => reason,
    );
    expect(error).toMatchObject({ code, details: expect.stringMatching(text) });
    await stillServes();
  });

  test.each<[string, string, Record<string, string>, Buffer, number, RegExp]>([
    [
      'an unknown method',
      '/stategate.test.Probe/Nope',
      {},
      message('a'),
      grpcStatus.UNIMPLEMENTED,
      /has no method "Nope": it has Run, Other/,
    ],
    [
      'an unknown service',
      '/nowhere.Service/Run',
      {},
      message('a'),
      grpcStatus.UNIMPLEMENTED,
      /no service "nowhere.Service"/,
    ],
    ['no message', '/stategate.test.Probe/Run', {}, Buffer.alloc(0), grpcStatus.INVALID_ARGUMENT, /none came/],
    [
      'two messages',
      '/stategate.test.Probe/Run',
      {},
      Buffer.concat([message('a'), message('b')]),
      grpcStatus.INVALID_ARGUMENT,
      /more than one came/,
    ],
    [
      'half a message',
      '/stategate.test.Probe/Run',
      {},
      message('abc').subarray(0, 7),
      grpcStatus.INVALID_ARGUMENT,
      /in the middle of a message/,
    ],
    [
      'bytes that are no protobuf',
      '/stategate.test.Probe/Run',
      {},
      framed(Buffer.from([0x0a, 0xff])),
      grpcStatus.INVALID_ARGUMENT,
      /cannot be read/,
    ],
    [
      'a message that is compressed as nobody said',
      '/stategate.test.Probe/Run',
      {},
      Buffer.from([1, 0, 0, 0, 0]),
      grpcStatus.INTERNAL,
      /grpc-encoding/,
    ],
    [
      'a compression that is not known',
      '/stategate.test.Probe/Run',
      { 'grpc-encoding': 'br' },
      Buffer.from([1, 0, 0, 0, 0]),
      grpcStatus.UNIMPLEMENTED,
      /gzip/,
    ],
    [
      'a time-out that is none',
      '/stategate.test.Probe/Run',
      { 'grpc-timeout': 'soon' },
      message('a'),
      grpcStatus.INVALID_ARGUMENT,
      /grpc-timeout "soon"/,
    ],
    [
      'a length of 4 GiB',
      '/stategate.test.Probe/Run',
      {},
      Buffer.from([0, 255, 255, 255, 255]),
      grpcStatus.RESOURCE_EXHAUSTED,
      /larger than/,
    ],
  ])('%s is refused with a text that names it', async (_, path, headers, body, code, text) => {
    const answer = await rawCall(path, headers, body);
    expect(Number(answer['grpc-status'])).toBe(code);
    expect(decodeURIComponent(String(answer['grpc-message']))).toMatch(text);
    await stillServes();
  });

  test('a connection that speaks neither HTTP nor gRPC is closed, others live on', async () => {
    const { connect } = await import('node:net');
    const socket = connect(proxy.apiPort, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('HELO example.org\r\n\r\n');
    socket.resume();
    await closed;
    await stillServes();
  });
});

async function stillServes(): Promise<void> {
  using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
  expect(await client.call('Run', { id: 'well', text: 'alive' })).toEqual({ text: 'alive' });
}

function message(id: string): Buffer {
  return framed(Buffer.concat([Buffer.from([0x0a, id.length]), Buffer.from(id)]));
}

function framed(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, bytes.length]), bytes]);
}

/** One HTTP/2 request with the body as it is, for what no gRPC library sends. Resolves with headers and trailers together. */
function rawCall(path: string, headers: Record<string, string>, body: Buffer): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://127.0.0.1:${proxy.apiPort}`);
    session.once('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const seen: Record<string, unknown> = {};
    stream.setTimeout(10_000, () => reject(new Error('no answer within 10 s')));
    stream.on('response', (received) => Object.assign(seen, received));
    stream.on('trailers', (received) => Object.assign(seen, received));
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve(seen);
    });
    stream.resume();
    stream.end(body);
  });
}
