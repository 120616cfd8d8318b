import { request } from 'node:http';
import { connect } from 'node:http2';
import type { Readable } from 'node:stream';
import type { JsonValue } from '@bufbuild/protobuf';
import { google } from '@stategate/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { Code, OK, type Status } from '../../../../src/proxy/transport/call.ts';
import { eventually } from '../../../support/eventually.ts';
import { serveHttpJson } from '../../../support/http-json-server.ts';
import { type JsonCommand, type JsonOutcome, jsonRouter } from '../../../support/json-router.ts';
import { samples } from './samples.ts';

let onCommand: (command: JsonCommand) => JsonOutcome | Promise<JsonOutcome> = () => 'nothing';
const http = await serveHttpJson(
  samples,
  jsonRouter(samples, (command) => onCommand(command)),
  4_096,
);
const session = connect(`http://${http.server.host}:${http.server.port}`);
afterAll(async () => {
  session.destroy();
  await http[Symbol.asyncDispose]();
});

interface Opened {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body; its errors are for the test to see. */
  readonly body: Readable;
  /** Goes away without a word. */
  leave(): void;
}
type Headers = Readonly<Record<string, string>>;
type Open = (path: string, headers?: Headers, verb?: string, body?: string) => Promise<Opened>;

const VERSIONS: Readonly<Record<'HTTP/1.1' | 'HTTP/2', Open>> = {
  'HTTP/1.1': (path, headers = {}, method = 'GET', body = '') =>
    new Promise((resolve, reject) => {
      const { host, port } = http.server;
      const outgoing = request({ host, port, method, path, headers, agent: false, timeout: 10_000 }, (incoming) =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: incoming,
          leave: () => outgoing.destroy(),
        }),
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    }),
  'HTTP/2': (path, headers = {}, method = 'GET', body = '') =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: body === '' });
      stream.on('error', reject);
      stream.on('response', ({ ':status': status = 0, ...rest }) =>
        resolve({ status, headers: rest, body: stream, leave: () => stream.close(8) }),
      );
      if (body !== '') stream.end(body);
    }),
};

/** Reads to the end; `cut` when the response is incomplete. */
function read({ body }: Opened): Promise<{ text: string; cut: boolean }> {
  return new Promise((resolve) => {
    let text = '';
    body.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    body.on('end', () => resolve({ text, cut: false }));
    body.on('error', () => resolve({ text, cut: true }));
    body.resume();
  });
}

const TWO: readonly JsonValue[] = [{ text: 'a' }, { text: 'b', numbers: ['1'] }];
const FAILURE: Status = { code: Code.UNKNOWN, message: 'no "more"', bare: true };
const LINES = '{"text":"a","numbers":[]}\n{"text":"b","numbers":["1"]}\n';
const EVENTS = 'data: {"text":"a","numbers":[]}\n\ndata: {"text":"b","numbers":["1"]}\n\n';

function file(data: string, contentType = ''): Uint8Array {
  return google.api.HttpBody.encode({ contentType, data: Buffer.from(data) }).finish();
}

describe.each(['HTTP/1.1', 'HTTP/2'] as const)('a stream of replies over %s', (version) => {
  const open = VERSIONS[version];

  it.each([
    { accept: undefined, type: 'application/json', text: LINES },
    { accept: '*/*', type: 'application/json', text: LINES },
    { accept: 'application/x-ndjson', type: 'application/x-ndjson', text: LINES },
    { accept: 'text/html, Text/Event-Stream;q=0.9', type: 'text/event-stream', text: EVENTS },
  ])('goes out as the client accepts it: $accept', async ({ accept, type, text }) => {
    onCommand = () => ({ replies: TWO, metadata: [['x-one', '1']] });
    const opened = await open('/watch/x', accept === undefined ? {} : { accept });
    expect(opened).toMatchObject({ status: 200, headers: { 'content-type': type, 'x-one': '1' } });
    expect(opened.headers['cache-control']).toBe(type === 'text/event-stream' ? 'no-cache' : undefined);
    expect(await read(opened)).toEqual({ text, cut: false });
  });

  it('may be empty', async () => {
    onCommand = () => ({ replies: [] });
    const opened = await open('/watch/x', { accept: 'text/event-stream' });
    expect(opened).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    expect(await read(opened)).toEqual({ text: '', cut: false });
  });

  it('may be of one field', async () => {
    onCommand = () => ({ replies: TWO });
    expect((await read(await open('/texts/x'))).text).toBe('"a"\n"b"\n');
  });

  it.each([
    { method: 'Collect', text: '{"text":"a","numbers":[]}' },
    { method: 'Chat', text: LINES },
  ])('or one reply follows on the one message of $method', async ({ method, text }) => {
    let input: JsonValue = null;
    onCommand = (command) => {
      input = command.input;
      return { replies: TWO };
    };
    const headers = { 'content-type': 'application/json' };
    const opened = await open(`/sample.types.Types/${method}`, headers, 'POST', '{"text":"in"}');
    expect(await read(opened)).toEqual({ text, cut: false });
    expect(input).toEqual({ text: 'in' });
  });

  it.each([
    { metadata: 'text/named', first: 'text/first', type: 'text/named' },
    { metadata: undefined, first: 'text/first', type: 'text/first' },
    { metadata: undefined, first: '', type: 'application/octet-stream' },
  ])('of google.api.HttpBody is its bytes, as $type', async ({ metadata, first, type }) => {
    onCommand = () => ({
      replies: [file('one', first), file('two', 'text/second')],
      metadata: metadata === undefined ? [] : [['Content-Type', metadata]],
    });
    const opened = await open('/download/x', { accept: 'text/event-stream' });
    expect(opened).toMatchObject({ status: 200, headers: { 'content-type': type } });
    expect(await read(opened)).toEqual({ text: 'onetwo', cut: false });
  });

  it.each([
    { accept: 'text/event-stream', type: 'text/plain; charset=UTF-8', text: 'no "more"' },
    { accept: 'application/x-ndjson', type: 'application/json', text: '{"code":2,"message":"no \\"more\\""}' },
  ])('that fails at once is an error like any other: $accept', async ({ accept, type, text }) => {
    onCommand = () => ({ replies: [], status: FAILURE });
    const opened = await open('/watch/x', { accept });
    expect(opened).toMatchObject({ status: 500, headers: { 'content-type': type } });
    expect(await read(opened)).toEqual({ text, cut: false });
  });

  const STATUS = '{"code":2,"message":"no \\"more\\""}';
  it.each([
    { accept: 'text/event-stream', text: `${EVENTS}event: error\ndata: ${STATUS}\n\n` },
    { accept: 'application/x-ndjson', text: `${LINES}{"error":${STATUS}}\n` },
    { accept: '*/*', text: `${LINES}{"error":${STATUS}}\n` },
  ])('that fails in its middle says so: $accept', async ({ accept, text }) => {
    onCommand = () => ({ replies: TWO, status: FAILURE });
    const opened = await open('/watch/x', { accept });
    expect(opened.status).toBe(200);
    expect(await read(opened)).toEqual({ text, cut: false });
  });

  it('of bytes that fails in its middle is cut', async () => {
    onCommand = () => ({ replies: [file('one')], status: FAILURE });
    expect(await read(await open('/download/x'))).toMatchObject({ cut: true });
  });

  it('with a reply that is no such message fails there, and its command is cancelled', async () => {
    let signal: AbortSignal | undefined;
    onCommand = (command) => {
      signal = command.signal;
      return { replies: [{ text: 'a' }, new Uint8Array([0x0b]), { text: 'c' }] };
    };
    const { text } = await read(await open('/watch/x', { accept: 'text/event-stream' }));
    expect(text).toMatch(/^data: .*\n\nevent: error\ndata: \{"code":13,"message":".*not a readable sample.types.Inner/);
    expect(text).not.toContain('"c"');
    expect(signal?.aborted).toBe(true);
  });

  it('waits for a client that reads slowly, and loses nothing', async () => {
    const total = 2_000;
    let taken = 0;
    onCommand = () => ({
      replies: (function* replies(): Generator<JsonValue> {
        for (; taken < total; taken += 1) yield { text: `${taken} ${'x'.repeat(16_000)}` };
      })(),
    });
    const opened = await open('/watch/x');
    opened.body.pause();
    let before = -1;
    await eventually(() => {
      const isStill = taken === before;
      before = taken;
      return isStill;
    }, 5_000);
    expect(taken).toBeLessThan(total / 2);
    const { text, cut } = await read(opened);
    expect(cut).toBe(false);
    expect(text.split('\n').map((line) => Number(/"(\d+)/.exec(line)?.[1]))).toEqual([
      ...Array.from({ length: total }, (_, i) => i),
      NaN,
    ]);
  });

  it('is cancelled when the client goes away', async () => {
    const cancelled = new Promise<void>((resolve) => {
      onCommand = ({ signal }) => {
        signal.addEventListener('abort', () => resolve());
        return {
          replies: (function* replies(): Generator<JsonValue> {
            for (;;) yield { text: 'x'.repeat(1_000) };
          })(),
        };
      };
    });
    const opened = await open('/watch/x');
    opened.body.on('error', () => undefined);
    opened.leave();
    await expect(cancelled).resolves.toBeUndefined();
  });

  it('has only its headers for HEAD, and is cancelled', async () => {
    let signal: AbortSignal | undefined;
    onCommand = (command) => {
      signal = command.signal;
      return { replies: TWO };
    };
    const opened = await open('/watch/x', {}, 'HEAD');
    expect(opened).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect((await read(opened)).text).toBe('');
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toBe(OK);
  });

  it('that is cut leaves those beside it alone', async () => {
    onCommand = ({ input }) => {
      const { text } = input as { text: string };
      return { replies: [file(text)], ...(text === '3' && { status: FAILURE }) };
    };
    const all = Array.from({ length: 6 }, async (_, i) => read(await open(`/download/${i}`)));
    const cut = { text: expect.any(String), cut: true };
    expect(await Promise.all(all)).toEqual(all.map((_, i) => (i === 3 ? cut : { text: String(i), cut: false })));
  });
});

it('a request over HTTP/2 whose body is too large ends with its answer, before its end', async () => {
  const headers = { ':path': '/upload', ':method': 'POST' };
  const stream = session.request(headers, { endStream: false });
  stream.write('x'.repeat(100_000));
  const answer = new Promise<Opened>((resolve) => {
    stream.on('response', ({ ':status': status = 0, ...rest }) =>
      resolve({ status, headers: rest, body: stream, leave: () => undefined }),
    );
  });
  expect((await answer).status).toBe(413);
  expect((await read(await answer)).text).toContain('larger than 4096 bytes');
  await eventually(() => stream.closed);
});

it('headers that HTTP/2 takes once only do not harm it', async () => {
  onCommand = () => ({
    reply: { total: 1 },
    metadata: [
      ['etag', '1'],
      ['etag', '2'],
      ['x-twice', '1'],
      ['x-twice', '2'],
    ],
  });
  const opened = await VERSIONS['HTTP/2']('/tally/t1');
  expect(opened).toMatchObject({ status: 200, headers: { 'x-twice': '1, 2' } });
  expect((await read(opened)).text).toBe('{"total":1}');
});
