// HTTP and JSON through the whole proxy: what the tables of the unit tests cannot see.
import { fileURLToPath } from 'node:url';
import type { cloudstate } from '@stategate/protocol';
import { action, serve } from '@stategate/user-function';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { answer } from '../support/probe-messages.ts';
import { type ActionStream, echo, ScriptedFunction, type StreamedRpc } from '../support/scripted-function.ts';

type Command = cloudstate.action.ActionCommand;
type ActionResponse = cloudstate.action.ActionResponse.$Properties;

let behave: (stream: ActionStream, rpc: StreamedRpc) => void;
let unary: (command: Command) => ActionResponse | 'never';
let commands: Command[];
let cancelled: number;
let userFunction: ScriptedFunction;
let proxy: InProcessProxy;

beforeAll(async () => {
  userFunction = await ScriptedFunction.start({
    eventSourced: echo,
    action: (command) => unary(command),
    actionStream(stream, rpc) {
      stream.onMessage((command) => commands.push(command));
      stream.raw.on('cancelled', () => (cancelled += stream.raw.writableEnded ? 0 : 1));
      behave(stream, rpc);
    },
  });
  proxy = await InProcessProxy.start(userFunction.port);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await userFunction[Symbol.asyncDispose]();
});
beforeEach(() => {
  commands = [];
  cancelled = 0;
});

const reply = (text: string, ...metadata: readonly [string, string][]): ActionResponse => ({
  reply: {
    payload: answer(text),
    metadata: { entries: metadata.map(([key, stringValue]) => ({ key, stringValue })) },
  },
});

function post(method: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(proxy.url(`/stategate.test.ProbeAction/${method}`), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"id":"a","text":"in"}',
    signal: signal ?? AbortSignal.timeout(10_000),
  });
}

/** Answers when the first message has come; ends the call unless told otherwise. */
function answering(responses: readonly ActionResponse[], end: 'end' | 'stay' = 'end'): typeof behave {
  return (stream) => {
    let first = true;
    stream.onMessage(({ payload }) => {
      if (!first || payload == null) return;
      first = false;
      for (const response of responses) stream.send(response);
      if (end === 'end') stream.raw.end();
    });
  };
}

const ALL = [reply('one', ['x-one', '1'], ['content-type', 'text/x']), {}, reply('two')];

describe('a streamed action', () => {
  test.each([
    { accept: '*/*', type: 'application/json', text: '{"text":"one"}\n{"text":"two"}\n' },
    { accept: 'application/x-ndjson', type: 'application/x-ndjson', text: '{"text":"one"}\n{"text":"two"}\n' },
    {
      accept: 'text/event-stream',
      type: 'text/event-stream',
      text: 'data: {"text":"one"}\n\ndata: {"text":"two"}\n\n',
    },
  ])('answers with one document for each reply: $accept', async ({ accept, type, text }) => {
    behave = answering(ALL);
    for (const method of ['Watch', 'Chat']) {
      const response = await post(method, { accept });
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-type': type, 'x-one': '1' });
      expect(await response.text()).toBe(text);
    }
  });

  test('gets one message, also where it takes many', async () => {
    behave = answering([reply('one')]);
    const response = await post('Collect', { 'x-mine': 'yes' });
    expect(await response.text()).toBe('{"text":"one"}');
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatchObject({ serviceName: 'stategate.test.ProbeAction', name: 'Collect' });
    expect(commands[0]?.metadata?.entries).toContainEqual(
      expect.objectContaining({ key: 'x-mine', stringValue: 'yes' }),
    );
    expect(commands[1]?.payload?.typeUrl).toBe('type.googleapis.com/stategate.test.Ask');
  });

  const failed = '{"code":2,"message":"no more"}';
  test.each([
    { accept: 'text/event-stream', end: `event: error\ndata: ${failed}\n\n` },
    { accept: 'application/json', end: `{"error":${failed}}\n` },
  ])('that fails in its middle shows its error: $accept', async ({ accept, end }) => {
    behave = answering([...ALL, { failure: { description: 'no more' } }, reply('never')], 'stay');
    const response = await post('Watch', { accept });
    const text = await response.text();
    expect(text.endsWith(end)).toBe(true);
    expect(text).toContain('"two"');
    expect(text).not.toContain('never');
    await eventually(() => cancelled === 1);
  });

  test.each([
    { accept: '*/*', type: 'text/plain; charset=UTF-8', text: 'not today' },
    { accept: 'application/x-ndjson', type: 'application/json', text: '{"code":2,"message":"not today"}' },
  ])('that fails at once is answered like a unary one: $accept', async ({ accept, type, text }) => {
    behave = answering([{ failure: { description: 'not today' } }], 'stay');
    const response = await post('Watch', { accept });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([500, type, text]);
  });

  test('is cancelled when its caller goes away', async () => {
    behave = answering(ALL, 'stay');
    const leaving = new AbortController();
    const response = await post('Watch', {}, leaving.signal);
    await response.body?.getReader().read();
    leaving.abort();
    await eventually(() => cancelled === 1);
  });

  test('is cancelled when the time that its caller allows is over', async () => {
    behave = answering(ALL, 'stay');
    const response = await post('Watch', { 'grpc-timeout': '300m', accept: 'text/event-stream' });
    expect(await response.text()).toMatch(/event: error\ndata: \{"code":4,/);
    await eventually(() => cancelled === 1);
  });

  test('waits for a caller that reads slowly', async () => {
    const total = 3_000;
    let sent = 0;
    behave = (stream, _rpc) => {
      const more = (): void => {
        while (sent < total) {
          sent += 1;
          const bytes = reply(`${sent} ${'x'.repeat(16_000)}`);
          stream.send(bytes);
          if (stream.raw.writableNeedDrain) return void stream.raw.once('drain', more);
        }
        stream.raw.end();
      };
      stream.onMessage(more);
    };
    const response = await post('Watch', {}, AbortSignal.timeout(25_000));
    let before = -1;
    await eventually(() => {
      const isStill = before === sent;
      before = sent;
      return isStill;
    });
    expect(sent).toBeLessThan(total / 2);
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => Number(/"text":"(\d+)/.exec(line)?.[1]))).toEqual(
      Array.from({ length: total }, (_, i) => i + 1),
    );
  });
});

describe('a unary action', () => {
  test('answers with its reply', async () => {
    unary = ({ payload, metadata }) => {
      const isJson = metadata?.entries?.some(({ key }) => key === 'content-type') ?? false;
      return reply(`${payload?.typeUrl ?? ''} ${isJson}`, ['x-one', '1']);
    };
    const response = await post('Run');
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-one')]).toEqual([
      200,
      'application/json',
      '1',
    ]);
    expect(await response.text()).toBe('{"text":"type.googleapis.com/stategate.test.Ask false"}');
  });

  test('that answers with nothing is an error', async () => {
    unary = () => ({});
    const response = await post('Run');
    expect([response.status, await response.text()]).toEqual([
      500,
      '{"code":13,"message":"/stategate.test.ProbeAction/Run ended without a reply"}',
    ]);
  });

  test('has the time that its caller allows', async () => {
    unary = () => 'never';
    const response = await post('Run', { 'grpc-timeout': '50m' });
    expect([response.status, (await response.text()).slice(0, 9)]).toEqual([504, '{"code":4']);
  });
});

test('/openapi.json says what the comments of a .proto file say', async () => {
  const note = (name: string): object => ({ name });
  await using running = await serve({
    host: '127.0.0.1',
    port: 0,
    protos: [fileURLToPath(new URL('../unit/user-function/protos/commented.proto', import.meta.url))],
    entities: [
      action({
        service: 'commented.Notes',
        commands: { Add: () => note('a'), Silent: () => note('b'), Remove: () => note('c') },
      }),
    ],
  });
  await using commented = await InProcessProxy.start(running.port);
  const document: unknown = await fetch(commented.url('/openapi.json')).then((response) => response.json());
  expect(document).toMatchObject({
    tags: [{ name: 'commented.Notes', description: 'Notes of a user.\nThey live until they are deleted.' }],
    paths: {
      '/commented.Notes/Add': {
        post: {
          summary: 'Adds a note.',
          description: 'Adds a note.\n\nA note with the same name is replaced: "größer".',
        },
      },
      '/commented.Notes/Remove': { post: { description: 'Takes them away,\none by one.' } },
    },
    components: {
      schemas: {
        'commented.Note': {
          description: 'What is written down.',
          properties: {
            text: { description: 'What it says.' },
            number: { description: 'In a choice.' },
            parts: { description: 'at the end of the line' },
          },
        },
        'commented.Note.Part': { properties: { name: { description: 'Deep.' } } },
        'commented.Note.Part.Kind': { description: 'Of a part.' },
      },
    },
  });
  expect(document).not.toHaveProperty(['paths', '/commented.Notes/Silent', 'post', 'summary']);
});

test('/openapi.json describes what is served', async () => {
  const response = await fetch(proxy.url('/openapi.json'));
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await response.json()).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'probe' },
    paths: { '/probe/{id}': { post: { operationId: 'Probe_Run' } }, '/stategate.test.ProbeAction/Watch': { post: {} } },
  });
});
