// The metrics count a call under the status that its caller was given, whoever broke it and wherever it was found out.
import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frame, frameAs } from '../../src/proxy/transport/grpc-framing.ts';
import { statusName } from '../../src/proxy/transport/unary.ts';
import type { Code } from '../../src/proxy/transport/call.ts';
import { eventually } from '../support/eventually.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { answer, encodeAsk } from '../support/probe-messages.ts';
import { Scrape } from '../support/scrape.ts';
import { type ActionStream, ScriptedFunction } from '../support/scripted-function.ts';

const SERVICE = 'stategate.test.ProbeAction';
const ASK = frame(encodeAsk('a', ''));
const JSON_ASK = frame(Buffer.from('{"id":"a"}'));
const UNREADABLE = { reply: { payload: { ...answer(''), value: Buffer.of(0xff) } } };
const OVER_THE_LIMIT = frame(Buffer.alloc((1 << 20) + 1));

type Behaviour = (stream: ActionStream) => void;
const waits: Behaviour = () => undefined;
const fails: Behaviour = ({ raw }) => raw.emit('error', { code: 9, details: 'not so' });
const failsLater: Behaviour = (stream) => stream.raw.once('data', () => fails(stream));
const answersUnreadably: Behaviour = ({ raw, send }) => raw.once('data', () => send(UNREADABLE));

let behave: Behaviour;
let userFunction: ScriptedFunction;
let proxy: InProcessProxy;
beforeAll(async () => {
  userFunction = await ScriptedFunction.start({
    actionStream: (stream) => behave(stream),
    action: () => UNREADABLE,
  });
  proxy = await InProcessProxy.start(userFunction.port, {
    'metrics.enabled': true,
    'metrics.host': '127.0.0.1',
    'metrics.port': 0,
    'api.maxMessageBytes': '1MiB',
  });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await userFunction[Symbol.asyncDispose]();
});

/** Calls by method and code. */
async function counted(way: string): Promise<ReadonlyMap<string, number>> {
  const samples = (await Scrape.of(proxy.metricsPort)).samples('stategate_calls_total');
  const ofThisWay = samples.filter(({ labels }) => labels['way'] === way);
  return new Map(ofThisWay.map(({ labels: { method, code }, value }) => [`${method} ${code}`, value]));
}

/** Makes one call; its caller was told what is expected, and that has been counted once, and nothing else. */
async function expectCounted(way: string, method: string, code: string, call: () => Promise<string>): Promise<void> {
  const before = await counted(way);
  expect(await call()).toBe(code);
  const wanted = new Map(before).set(`${method} ${code}`, (before.get(`${method} ${code}`) ?? 0) + 1);
  const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);
  // The end of a call is told when its connection has let go of it.
  const after = await eventually(async () => {
    const now = await counted(way);
    return sum(now) > sum(before) ? now : undefined;
  });
  expect(after).toEqual(wanted);
}

describe('a call of gRPC', () => {
  test.each<[what: string, method: string, behaviour: Behaviour, pieces: readonly Buffer[], code: string]>([
    ['its user function fails at once', 'Collect', fails, [], 'FAILED_PRECONDITION'],
    ['its user function fails in the middle', 'Collect', failsLater, [ASK], 'FAILED_PRECONDITION'],
    ['its user function fails in the middle', 'Chat', failsLater, [ASK], 'FAILED_PRECONDITION'],
    ['its caller sends a frame that is none', 'Collect', waits, [ASK, frameAs(9, ASK)], 'INTERNAL'],
    ['its caller sends a frame that is none', 'Chat', waits, [ASK, frameAs(9, ASK)], 'INTERNAL'],
    ['its caller compresses without saying so', 'Collect', waits, [ASK, frameAs(1, ASK)], 'INTERNAL'],
    ['its caller sends too much at once', 'Collect', waits, [ASK, OVER_THE_LIMIT], 'RESOURCE_EXHAUSTED'],
    ['its caller sends too much at once', 'Chat', waits, [ASK, OVER_THE_LIMIT], 'RESOURCE_EXHAUSTED'],
  ])('is counted under what the caller was told when %s (%s)', async (_, method, behaviour, pieces, code) => {
    behave = behaviour;
    await expectCounted('grpc', method, code, () => grpcStatus(method, pieces, 'open'));
  });

  test('is counted as what it is when its caller stops in the middle of a message', async () => {
    behave = waits;
    await expectCounted('grpc', 'Collect', 'INVALID_ARGUMENT', () =>
      grpcStatus('Collect', [ASK, ASK.subarray(0, 3)], 'ended'),
    );
  });

  test('is counted as cancelled when its caller goes', async () => {
    behave = waits;
    await expectCounted('grpc', 'Collect', 'CANCELLED', () => grpcStatus('Collect', [ASK], 'cancelled'));
  });
});

describe('a call of Connect', () => {
  test.each<[what: string, method: string, behaviour: Behaviour, body: readonly Buffer[], code: string]>([
    ['a message is no JSON', 'Collect', waits, [JSON_ASK, frame(Buffer.from('{'))], 'INVALID_ARGUMENT'],
    ['a message is no JSON', 'Chat', waits, [JSON_ASK, frame(Buffer.from('{'))], 'INVALID_ARGUMENT'],
    ['a reply cannot be written as JSON', 'Chat', answersUnreadably, [JSON_ASK], 'INTERNAL'],
    ['a reply cannot be written as JSON', 'Watch', answersUnreadably, [JSON_ASK], 'INTERNAL'],
  ])('that streams is counted under what the caller was told when %s (%s)', async (_, method, does, body, code) => {
    behave = does;
    await expectCounted('connect', method, code, async () => {
      const end = await post(method, { 'content-type': 'application/connect+json' }, Buffer.concat(body));
      const { error } = JSON.parse(end.subarray(5).toString()) as { error: { code: string } };
      return error.code.toUpperCase();
    });
  });

  test('with one reply is counted under what the caller was told when that cannot be written as JSON', () =>
    expectCounted('connect', 'Run', 'INTERNAL', async () => {
      const body = await post('Run', { 'content-type': 'application/json', 'connect-protocol-version': '1' }, '{}');
      return (JSON.parse(body.toString()) as { code: string }).code.toUpperCase();
    }));
});

test.each(['Run', 'Watch'])('a call by HTTP of %s is counted under what the caller was told', async (method) => {
  behave = answersUnreadably;
  await expectCounted('http', method, 'INTERNAL', async () => {
    const body = await post(method, { 'content-type': 'application/json' }, '{}');
    return statusName((JSON.parse(body.toString()) as { code: Code }).code);
  });
});

async function post(
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Buffer> {
  const signal = AbortSignal.timeout(10_000);
  const response = await fetch(proxy.url(`/${SERVICE}/${method}`), { method: 'POST', headers, body, signal });
  return Buffer.from(await response.arrayBuffer());
}

/** The status of a call with these pieces as its body, which stays open, ends, or is cancelled when the user function has been called. */
async function grpcStatus(
  method: string,
  pieces: readonly Buffer[],
  then: 'open' | 'ended' | 'cancelled',
): Promise<string> {
  const session = connect(proxy.url(''));
  const stream = session.request({
    ':method': 'POST',
    ':path': `/${SERVICE}/${method}`,
    'content-type': 'application/grpc',
  });
  const called = new Promise<void>((resolve) => {
    const before = behave;
    behave = (opened) => {
      resolve();
      before(opened);
    };
  });
  const status = new Promise<string>((resolve, reject) => {
    const take = (headers: { readonly 'grpc-status'?: unknown }): void => {
      if (headers['grpc-status'] !== undefined) resolve(statusName(Number(headers['grpc-status']) as Code));
    };
    stream.on('response', take).on('trailers', take).once('error', reject).resume();
    stream.setTimeout(10_000, () => reject(new Error(`${method}: no answer within 10 s`)));
    stream.once('close', () => resolve('CANCELLED'));
  });
  for (const piece of pieces) stream.write(piece);
  if (then === 'ended') stream.end();
  if (then === 'cancelled') {
    await called;
    stream.close();
  }
  const code = await status;
  session.destroy();
  return code;
}
