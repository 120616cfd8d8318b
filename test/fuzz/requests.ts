import { ok } from 'node:assert/strict';
import { cloudstate } from '@stategate/protocol';
import fc from 'fast-check';
import { frame } from '../../src/proxy/transport/grpc-framing.ts';
import { checkCall, checkGrpc, checkHttp, checkWeb, describe, isEndless } from './answers.ts';
import type { Callers, Sent } from './callers.ts';
import { bytes, cutInto, cuts, frames, jsonBody, message, mutated, target as pathAndQuery, word } from './inputs.ts';
import { type Target, target } from './target.ts';

const DEADLINE_EXCEEDED = '4';
const METHODS = [
  'Values/Run',
  'Events/Run',
  'Flags/Run',
  'Flags/Watch',
  'Acts/Run',
  'Acts/Watch',
  'Acts/Collect',
  'Acts/Chat',
];
const path = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...METHODS.map((method) => `/fuzz.${method}`)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      '/grpc.health.v1.Health/Check',
      '/fuzz.Values/constructor',
      '/constructor/Run',
      '/',
    ),
  },
);

/** Headers that mean something to the proxy, with values that they may or may not have. */
const timeout = seldom(fc.oneof(fc.constantFrom('1S', '5000m', '1n', '0S', '99999999H'), word.map(printable)));
const extra = fc.dictionary(
  fc.constantFrom('x-a', 'x-a-bin', '__proto__', 'constructor', 'accept', 'origin', 'traceparent', 'user-agent'),
  word.map(printable),
  { maxKeys: 2, noNullPrototype: true },
);
const encoding = seldom(fc.constantFrom('gzip', 'identity', 'br', 'constructor'));

function call(
  contentType: fc.Arbitrary<string>,
  names: Record<string, fc.Arbitrary<string | undefined>>,
  body: fc.Arbitrary<Buffer>,
): fc.Arbitrary<Sent> {
  const own = fc.record(names, { noNullPrototype: true });
  return fc.tuple(path, contentType, own, extra, body, cuts).map(([to, type, set, more, whole, lengths]) => ({
    method: 'POST',
    path: to,
    headers: { ...more, ...given(set), 'content-type': type, te: 'trailers' },
    pieces: cutInto(whole, lengths),
  }));
}

const grpcHeaders = { 'grpc-timeout': timeout, 'grpc-encoding': encoding, 'grpc-accept-encoding': encoding };
const base64Frames = fc.oneof(
  frames.map((all) => Buffer.from(all.toString('base64'))),
  mutated(frames.map((all) => Buffer.from(all.toString('base64')))),
);
const webText = fc.constantFrom('application/grpc-web-text', 'application/grpc-web-text+proto');
const connectHeaders = {
  'connect-timeout-ms': seldom(fc.constantFrom('1000', '1', '-1', 'x')),
  'connect-protocol-version': fc.constantFrom('1', '1', '1', '1', '1', '1', '2', undefined),
  'content-encoding': encoding,
  'connect-content-encoding': encoding,
};

/** Towards the proxy: every request has its answer, which is never that something in it has gone wrong. */
export function requestTargets(proxy: Callers): readonly Target[] {
  return [
    target(
      'gRPC',
      5,
      call(fc.constantFrom('application/grpc', 'application/grpc+proto'), grpcHeaders, frames),
      async (sent) => checkGrpc(await proxy.http2(sent)),
    ),
    target('gRPC, one message', 5, call(fc.constant('application/grpc'), {}, message.map(frame)), async (sent) => {
      const answer = await proxy.http2(sent);
      ok(answer.status === 200, `it was cut: ${describe(answer)}`);
      checkGrpc(answer);
    }),
    target(
      'gRPC-Web, HTTP/1.1',
      3,
      call(fc.constant('application/grpc-web+proto'), grpcHeaders, frames),
      async (sent) => checkWeb(await proxy.http1(sent)),
    ),
    target('gRPC-Web, text', 3, call(webText, grpcHeaders, base64Frames), async (sent) =>
      checkWeb(await proxy.http2(sent)),
    ),
    target(
      'Connect',
      3,
      call(
        fc.constantFrom(
          'application/proto',
          'application/json',
          'application/connect+proto',
          'application/connect+json',
        ),
        connectHeaders,
        fc.oneof(
          message.map((all) => Buffer.from(all)),
          jsonBody,
          frames,
        ),
      ),
      async (sent) => checkHttp(await proxy.http1(sent)),
    ),
    target('JSON', 5, json(), async (sent) => checkHttp(await proxy.http1(sent))),
    target(
      'paths and queries',
      4,
      fc.tuple(fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'POST'), pathAndQuery),
      async ([method, to]) => checkHttp(await proxy.http1({ method, path: to, headers: {}, pieces: [] })),
    ),
    target(
      'paths and queries, HTTP/2',
      2,
      fc.tuple(fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS', 'constructor'), pathAndQuery),
      async ([method, to]) => checkHttp(await proxy.http2({ method, path: to, headers: {}, pieces: [] })),
    ),
    target('bytes of a connection', 5, fc.tuple(connection(), cuts), async ([all, lengths]) => {
      await proxy.raw(cutInto(all, lengths));
    }),
  ];
}

/** Towards the user function: what a proxy sends, with mistakes. */
export function userFunctionTargets(userFunction: Callers): readonly Target[] {
  const { ActionCommand } = cloudstate.action;
  const { EventSourcedStreamIn } = cloudstate.eventsourced;
  const { ValueEntityStreamIn } = cloudstate.valueentity;
  const { CrdtStreamIn } = cloudstate.crdt;
  const named = fc.tuple(
    fc.constantFrom('fuzz.Values', 'fuzz.Events', 'fuzz.Flags', 'fuzz.Acts', 'x'),
    fc.constantFrom('Run', 'Watch', 'Chat', 'constructor'),
    message,
  );
  const command = named.map(([serviceName, name, value]) => ({ serviceName, name, payload: { value } }));
  const stream = named.map(([serviceName, name, value]) => ({
    init: { serviceName, entityId: 'e' },
    command: { entityId: 'e', id: 1, name, payload: { value } },
  }));
  const actions = command.map((one) => ActionCommand.encode(one).finish());
  const entity = (encode: (one: object) => { finish(): Uint8Array }): fc.Arbitrary<Buffer> =>
    stream.chain(({ init, command: one }) =>
      fc
        .array(mutated(fc.constantFrom(encode({ init }).finish(), encode({ command: one }).finish())).map(frame), {
          maxLength: 3,
        })
        .map((more) =>
          Buffer.concat([frame(encode({ init }).finish()), frame(encode({ command: one }).finish()), ...more]),
        ),
    );
  const call_ = (to: string, body: fc.Arbitrary<Buffer>): fc.Arbitrary<Sent> =>
    body.map((whole) => ({
      method: 'POST',
      path: to,
      headers: { 'content-type': 'application/grpc', te: 'trailers', 'grpc-timeout': '2S' },
      pieces: [whole],
    }));
  const act = async (sent: Sent): Promise<void> => {
    const answer = await userFunction.http2(sent);
    checkCall(answer);
    if (answer.headers['grpc-status'] === DEADLINE_EXCEEDED) ok(isEndless(sent), `it is late: ${describe(answer)}`);
  };
  return [
    target(
      'user function, action',
      2,
      fc.constantFrom('handleUnary', 'handleStreamedOut', 'handleStreamedIn', 'handleStreamed').chain((rpc) =>
        call_(
          `/cloudstate.action.ActionProtocol/${rpc}`,
          fc.array(mutated(actions).map(frame), { maxLength: 3 }).map((all) => Buffer.concat(all)),
        ),
      ),
      act,
    ),
    target(
      'user function, entities',
      3,
      fc.oneof(
        call_(
          '/cloudstate.eventsourced.EventSourced/handle',
          entity((one) => EventSourcedStreamIn.encode(one)),
        ),
        call_(
          '/cloudstate.valueentity.ValueEntity/handle',
          entity((one) => ValueEntityStreamIn.encode(one)),
        ),
        call_(
          '/cloudstate.crdt.Crdt/handle',
          entity((one) => CrdtStreamIn.encode(one)),
        ),
      ),
      act,
    ),
  ];
}

function json(): fc.Arbitrary<Sent> {
  const to = fc.oneof(
    fc.constantFrom(
      '/values/a',
      '/values/b/inner',
      '/acts',
      '/any/x/1/y',
      '/fuzz.Events/Run',
      '/fuzz.Acts/Chat',
      '/acts/a/watch',
    ),
    pathAndQuery,
  );
  const type = fc.constantFrom(
    'application/json',
    'application/json',
    'application/json; charset=latin1',
    'application/x-www-form-urlencoded',
  );
  return fc
    .tuple(fc.constantFrom('POST', 'POST', 'PUT', 'GET'), to, type, timeout, encoding, jsonBody, extra)
    .map(([method, place, contentType, wait, coding, body, more]) => ({
      method,
      path: place,
      headers: {
        ...more,
        ...given({ 'grpc-timeout': wait, 'content-encoding': coding }),
        'content-type': contentType,
        'content-length': String(body.length),
      },
      pieces: [body],
    }));
}

/** The first bytes of HTTP/1.1, of HTTP/2 and of nothing known. */
function connection(): fc.Arbitrary<Buffer> {
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const h2frame = (type: number, flags: number, stream: number, body: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(body.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, body]);
  };
  /** Headers without any compression. */
  const headers = (...pairs: readonly (readonly [string, string])[]): Buffer =>
    Buffer.concat(
      pairs.flatMap(([name, value]) => [
        Buffer.from([0, name.length]),
        Buffer.from(name),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]),
    );
  const block = headers(
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', '/fuzz.Acts/Chat'],
    [':authority', 'x'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  );
  const http2 = fc
    .tuple(frames, fc.array(fc.tuple(fc.nat(12), fc.nat(255), fc.nat(5), bytes), { maxLength: 4 }))
    .map(([body, more]) =>
      Buffer.concat([
        Buffer.from(preface),
        h2frame(4, 0, 0, Buffer.alloc(0)),
        h2frame(1, 4, 1, block),
        h2frame(0, 1, 1, body.subarray(0, 16_000)),
        ...more.map(([type, flags, stream, content]) => h2frame(type, flags, stream, content)),
      ]),
    );
  const http1 = fc
    .tuple(
      jsonBody,
      fc.constantFrom(
        'content-length: 20',
        'transfer-encoding: chunked',
        'expect: 100-continue',
        'upgrade: h2c\r\nconnection: upgrade',
      ),
    )
    .map(([body, header]) =>
      Buffer.concat([
        Buffer.from(`POST /acts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${header}\r\n\r\n`),
        body,
      ]),
    );
  const heads = fc.constantFrom(
    '',
    'P',
    'PR',
    'PRI',
    preface,
    'GET / HTTP/1.1\r\n',
    'CONNECT x:1 HTTP/1.1\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n',
    '\x16\x03\x01',
  );
  const noise = fc.tuple(heads, bytes).map(([head, rest]) => Buffer.concat([Buffer.from(head, 'latin1'), rest]));
  return fc.oneof(noise, http2, mutated(http2), http1, mutated(http1));
}

function given(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((pair): pair is [string, string] => (pair[1] ?? '') !== ''));
}

function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '').trim();
}
