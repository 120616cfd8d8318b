// Actions whose messages or replies are streams: what the test kit does not look at.
import { connect as connectHttp2 } from 'node:http2';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { cloudstate } from '@stategate/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { answer, ask, orderOf } from '../support/probe-messages.ts';
import { probeRoot } from '../support/probe.ts';
import { type ActionStream, echo, ScriptedFunction, type StreamedRpc } from '../support/scripted-function.ts';

type Command = cloudstate.action.ActionCommand;
type Response = cloudstate.action.ActionResponse.$Properties;

const SERVICE = 'stategate.test.ProbeAction';
const METHODS = { handleStreamedIn: 'Collect', handleStreamedOut: 'Watch', handleStreamed: 'Chat' } as const;

/** What the user function does with a call, and what it saw of the calls since the test began. */
let behave: (stream: ActionStream, rpc: StreamedRpc) => void;
let unary: (command: Command) => Response | Promise<Response>;
let commands: Command[];
let cancelled: number;
let halfClosed: number;

let userFunction: ScriptedFunction;
let proxy: InProcessProxy;
let client: GrpcClient;
beforeAll(async () => {
  userFunction = await ScriptedFunction.start({
    actionStream(stream, rpc) {
      const ofThisTest = commands;
      stream.onMessage((command) => ofThisTest.push(command));
      // grpc-js tells the end of what was reset first, and the reset afterwards.
      stream.raw.on('end', () =>
        setImmediate(() => (halfClosed += stream.raw.cancelled && !stream.raw.writableEnded ? 0 : 1)),
      );
      stream.raw.on('cancelled', () => (cancelled += stream.raw.writableEnded ? 0 : 1));
      behave(stream, rpc);
    },
    action: (command) => unary(command),
    eventSourced: echo,
  });
  proxy = await InProcessProxy.start(userFunction.port, { 'entities.relayTimeout': '400ms' });
  client = new GrpcClient(proxy.apiPort, probeRoot(), SERVICE);
});
afterAll(async () => {
  client[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
  await userFunction[Symbol.asyncDispose]();
});
beforeEach(() => {
  commands = [];
  cancelled = 0;
  halfClosed = 0;
  unary = () => reply('of the unary action');
});

const text = (value: string) => ({ text: value });
const reply = (value: string, entries?: cloudstate.MetadataEntry.$Properties[]): Response => ({
  reply: { payload: answer(value), metadata: entries === undefined ? null : { entries } },
});
const forward = (commandName: string, serviceName = SERVICE, id = 'f'): Response => ({
  forward: { serviceName, commandName, payload: { ...ask(id, {}), typeUrl: '' } },
});
const effect = (id: string, synchronous: boolean): cloudstate.SideEffect.$Properties => ({
  serviceName: SERVICE,
  commandName: 'Run',
  payload: ask(id, {}),
  synchronous,
});
const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
const idOf = ({ payload }: Command): string =>
  Buffer.from(payload?.value ?? [])
    .toString('latin1')
    .slice(2, 3);

/** The call of a method, half-closed after its messages unless it stays open. */
function call(
  method: 'Collect' | 'Watch' | 'Chat',
  ids: readonly string[] = ['a'],
  stays: 'open' | 'closed' = 'closed',
) {
  const opened = client.open(method);
  for (const id of ids) opened.send({ id, text: '' });
  if (stays === 'closed') opened.halfClose();
  return opened;
}

/** Sends these answers when the first message is there, and ends the call. */
function answering(...responses: readonly Response[]): typeof behave {
  return ({ raw, send }) => {
    raw.once('data', () => {
      for (const response of responses) send(response);
      raw.end();
    });
  };
}

describe('the user function', () => {
  test.each(['handleStreamedIn', 'handleStreamed'] as const)(
    'of %s is called before the first message',
    async (rpc) => {
      let called: StreamedRpc | undefined;
      behave = ({ raw, send }, name) => {
        called = name;
        raw.once('data', () => {
          send(reply('first'));
          if (rpc === 'handleStreamedIn') raw.end();
        });
        raw.once('end', () => raw.end());
      };
      const opened = call(METHODS[rpc], [], 'open');
      expect(await opened.next()).toEqual(text('first'));
      expect(called).toBe(rpc);
      expect(commands).toMatchObject([{ serviceName: SERVICE, name: METHODS[rpc] }]);
      expect(commands[0]?.payload).toBeNull();
      expect(halfClosed).toBe(0);
      opened.halfClose();
      expect(await opened.status).toMatchObject({ code: 0 });
    },
  );

  test('of a stream of messages learns of each with empty metadata, and of their end', async () => {
    behave = ({ raw, send }) => {
      raw.once('end', () => {
        send(reply('all'));
        raw.end();
      });
    };
    expect(await call('Collect', ['x', 'y']).rest()).toEqual([text('all')]);
    expect(commands.slice(1).map(({ serviceName, name, metadata }) => [serviceName, name, metadata?.entries])).toEqual([
      ['', '', []],
      ['', '', []],
    ]);
    expect(commands.slice(1).map(idOf)).toEqual(['x', 'y']);
    await eventually(() => halfClosed === 1, 2_000);
  });

  test('may answer before the caller has finished: what still comes is discarded', async () => {
    behave = answering(reply('early'));
    const opened = call('Collect', [], 'open');
    expect(await opened.rest()).toEqual([text('early')]);
    expect(await opened.status).toMatchObject({ code: 0 });
    opened.send({ id: 'late', text: '' });
    await pause(50);
    expect(commands).toHaveLength(1);
  });
});

describe('the replies of a stream', () => {
  test('keep their order, whatever stands in a reply’s place', async () => {
    behave = (stream, rpc) => {
      if (rpc === 'handleStreamed') {
        const all = [
          reply('1'),
          forward('Run'),
          reply('2'),
          {},
          forward('Watch'),
          forward('Run', 'stategate.test.Probe', 'entity'),
          forward('Collect'),
          { ...reply('3'), sideEffects: [effect('s', true)] },
          reply('4'),
        ];
        answering(...all)(stream, rpc);
      } else if (rpc === 'handleStreamedOut') answering(reply('w1'), reply('w2'))(stream, rpc);
      else stream.raw.once('end', () => void (stream.send(reply('collected')), stream.raw.end()));
    };
    unary = async (command) => {
      await pause(20);
      return reply(`unary ${idOf(command)}`);
    };
    const order = ['1', 'unary f', '2', 'w1', 'w2', '{}', 'collected', '3', '4'];
    expect(await call('Chat').rest()).toEqual(order.map(text));
  });

  test.each([
    ['a unary action', 'Run', 'of the unary action'],
    ['an action with a stream of messages', 'Collect', 'collected'],
  ])('of a unary command are those of %s to which it is forwarded', async (_, method, expected) => {
    unary = ({ payload }) =>
      orderOf(payload?.value ?? new Uint8Array()).reply === 'go' ? forward(method) : reply(expected);
    behave = ({ raw, send }) => raw.once('end', () => void (send(reply('collected')), raw.end()));
    expect(await client.call('Run', { id: 'a', text: '{"reply":"go"}' })).toEqual(text(expected));
  });

  test('wait for the synchronous effects before them, in order; not for others', async () => {
    const events: string[] = [];
    unary = async (command) => {
      await pause(idOf(command) === 's' ? 60 : 5);
      events.push(idOf(command));
      return reply('');
    };
    behave = answering(
      { ...reply('1'), sideEffects: [effect('s', true), effect('t', true)] },
      { sideEffects: [effect('u', true)] },
      { ...reply('2'), sideEffects: [effect('s', false)] },
    );
    const opened = call('Watch');
    expect(await opened.next()).toEqual(text('1'));
    expect(events).toEqual(['s', 't']);
    expect(await opened.next()).toEqual(text('2'));
    expect(events).toEqual(['s', 't', 'u']);
    expect(await opened.rest()).toEqual([]);
    await eventually(() => events.length === 4);
  });

  test('all come, in order, when effects hold up a fast user function', async () => {
    unary = async () => {
      await pause(1);
      return reply('');
    };
    const count = 3_000;
    behave = ({ raw, send }) => {
      raw.once('data', () => {
        for (let i = 0; i < count; i += 1)
          send(i % 100 === 0 ? { ...reply(`${i}`), sideEffects: [effect('s', true)] } : reply(`${i}`));
        raw.end();
      });
    };
    const replies = await call('Watch').rest();
    expect(replies).toEqual(Array.from({ length: count }, (_, i) => text(`${i}`)));
  });
});

describe('a stream that fails', () => {
  const codes = [
    ['with a failure', { failure: { description: 'boom' } }, { code: 2, details: 'boom' }],
    [
      'with a forward to nowhere',
      forward('Nope'),
      {
        code: grpcStatus.UNIMPLEMENTED,
        details: `Service [${SERVICE}] does not have a command named: [Nope]\n  forwarded from ${SERVICE}.Chat`,
      },
    ],
    [
      'with a synchronous effect on nothing',
      { ...reply('never'), sideEffects: [{ ...effect('x', true), serviceName: 'no.Where' }] },
      { code: grpcStatus.UNIMPLEMENTED, details: `Service [no.Where] unknown\n  side-effect of ${SERVICE}.Chat` },
    ],
  ] satisfies [string, Response, object][];

  test.each<[string, Response, object]>(codes)(
    '%s gives what came before, ends at once and cancels the user function',
    async (_, last, status) => {
      behave = ({ raw, send }) => {
        raw.once('data', () => {
          for (const response of [reply('1'), reply('2'), last, reply('after')]) send(response);
        });
      };
      const opened = call('Chat', [], 'open');
      expect(await opened.rest()).toEqual(['1', '2'].map(text));
      expect(await opened.status).toMatchObject(status);
      await eventually(() => cancelled === 1, 2_000);
    },
  );

  test.each(['handleStreamedOut', 'handleStreamed', 'handleStreamedIn'] as const)(
    'because %s of the user function ends with a status has that status',
    async (rpc) => {
      behave = ({ raw, send }) => {
        raw.once('data', () => {
          send(reply('before'));
          raw.emit('error', { code: grpcStatus.FAILED_PRECONDITION, details: 'not so' });
        });
      };
      const opened = call(METHODS[rpc]);
      expect(await opened.rest()).toEqual(rpc === 'handleStreamedIn' ? [] : [text('before')]);
      expect(await opened.status).toMatchObject({ code: grpcStatus.FAILED_PRECONDITION, details: 'not so' });
    },
  );

  test('with an answer that cannot be read says so, and cancels the user function', async () => {
    behave = ({ raw, send }) => raw.once('data', () => send(Buffer.from([0xff])));
    const opened = call('Chat', [], 'open');
    expect(await opened.rest()).toEqual([]);
    expect(await opened.status).toMatchObject({ code: 2, details: expect.stringContaining('cannot be read') });
    await eventually(() => cancelled === 1, 2_000);
  });

  test('runs the effects of its failure all the same', async () => {
    const ran: string[] = [];
    unary = (command) => {
      ran.push(idOf(command));
      return reply('');
    };
    behave = answering({ failure: { description: 'no' }, sideEffects: [effect('s', true)] });
    expect(await call('Watch').status).toMatchObject({ code: 2, details: 'no' });
    expect(ran).toEqual(['s']);
  });

  test('without any answer is empty; of a method with one reply it is an error', async () => {
    behave = answering();
    expect(await call('Watch').rest()).toEqual([]);
    expect(await call('Watch').status).toMatchObject({ code: 0 });
    expect(await call('Collect').status).toMatchObject({ code: 2, details: 'the action ended without an answer' });
  });
});

describe('a call that ends early', () => {
  const open = (rpc: StreamedRpc) =>
    call(METHODS[rpc], rpc === 'handleStreamedOut' ? ['a'] : [], rpc === 'handleStreamedOut' ? 'closed' : 'open');

  test.each(['handleStreamedIn', 'handleStreamedOut', 'handleStreamed'] as const)(
    'because its caller cancels %s cancels the user function',
    async (rpc) => {
      behave = ({ raw, send }) => raw.once('data', () => send(reply('1')));
      const opened = open(rpc);
      if (rpc !== 'handleStreamedIn') await opened.next();
      await eventually(() => commands.length === 1);
      opened.cancel();
      await eventually(() => cancelled === 1, 2_000);
    },
  );

  test('cancels the call that it was forwarded to', async () => {
    behave = ({ raw, send }, rpc) => {
      if (rpc === 'handleStreamed') raw.once('data', () => send(forward('Watch')));
      else raw.once('data', () => send(reply('of the target')));
    };
    const opened = call('Chat', [], 'open');
    expect(await opened.next()).toEqual(text('of the target'));
    opened.cancel();
    await eventually(() => cancelled === 2, 2_000);
  });

  test('because its bytes are no messages cancels the user function', async () => {
    behave = ({ raw }) => void raw.resume();
    const session = connectHttp2(proxy.url(''));
    const headers = { ':method': 'POST', ':path': `/${SERVICE}/Chat`, 'content-type': 'application/grpc' };
    const stream = session.request(headers);
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(5));
    await eventually(() => commands.length === 2, 5_000, 'the first message');
    stream.write(Buffer.alloc(6, 9));
    await eventually(() => cancelled === 1, 5_000, 'the end of the call');
    session.destroy();
  });

  test('because its deadline is over cancels the user function', async () => {
    behave = () => undefined;
    const opened = client.open('Chat', { deadlineMs: 200 });
    expect(await opened.status).toMatchObject({ code: grpcStatus.DEADLINE_EXCEEDED });
    await eventually(() => cancelled === 1, 2_000);
  });

  test('only the caller’s deadline ends a stream; one reply must come in the relay time', async () => {
    behave = ({ raw, send }) => raw.once('data', () => setTimeout(() => send(reply('late')), 700));
    expect(await call('Watch').next()).toEqual(text('late'));
    const collecting = call('Collect', [], 'open');
    await pause(500);
    expect(cancelled).toBe(0);
    behave = () => undefined;
    const silent = call('Collect');
    expect(await silent.status).toMatchObject({
      code: grpcStatus.DEADLINE_EXCEEDED,
      details: 'no answer within 400 ms',
    });
    collecting.cancel();
  });

  test('because the user function is gone is UNAVAILABLE, after what came before', async () => {
    behave = ({ raw, send }) => {
      raw.once('data', () => {
        send(reply('last words'));
        setTimeout(() => line[Symbol.asyncDispose](), 100);
      });
    };
    const line = await FaultProxy.start({ port: userFunction.port });
    await using behind = await InProcessProxy.start(line.port);
    using other = new GrpcClient(behind.apiPort, probeRoot(), SERVICE);
    const opened = other.open('Chat');
    expect(await opened.rest()).toEqual([text('last words')]);
    expect(await opened.status).toMatchObject({ code: grpcStatus.UNAVAILABLE });
    expect(await other.open('Chat').status).toMatchObject({
      code: grpcStatus.UNAVAILABLE,
      details: 'the user function cannot be reached',
    });
  });
});

describe('a slow reader', () => {
  const big = 'x'.repeat(64 * 1024);
  /** 24 MiB: more than all the buffers on the way. */
  const MANY = 384;
  const standsStill = async (count: () => number): Promise<boolean> => {
    const before = count();
    await pause(300);
    return before > 0 && count() === before;
  };

  test('of replies slows the user function down', async () => {
    let sent = 0;
    behave = ({ raw, send }) => {
      const go = (): void => {
        while (sent < MANY && !raw.writableNeedDrain) {
          send(reply(big));
          sent += 1;
        }
        if (sent < MANY) raw.once('drain', go);
        else raw.end();
      };
      raw.once('data', go);
    };
    const opened = call('Watch');
    await opened.next();
    await eventually(() => standsStill(() => sent));
    expect(sent).toBeLessThan(MANY / 2);
    const rest = await opened.rest();
    expect(rest).toHaveLength(MANY - 1);
  }, 30_000);

  test('of messages slows the caller down', async () => {
    let bytes = 0;
    let read = (): unknown => undefined;
    behave = ({ raw, send }) => {
      raw.on('data', (message: Buffer) => (bytes += message.length));
      raw.once('data', () => {
        raw.pause();
        read = () => raw.resume();
      });
      raw.once('end', () => void (send(reply('read it all')), raw.end()));
    };
    const opened = client.open('Collect', { deadlineMs: 30_000 });
    let sent = 0;
    const go = (): void => {
      while (sent < MANY && opened.send({ id: 'a', text: big })) sent += 1;
      if (sent < MANY) opened.onDrain(go);
      else opened.halfClose();
    };
    go();
    await eventually(() => standsStill(() => sent));
    expect(sent).toBeLessThan(MANY / 2);
    read();
    expect(await opened.rest()).toEqual([text('read it all')]);
    expect(bytes).toBeGreaterThan(MANY * big.length);
  }, 30_000);
});

describe('metadata', () => {
  const bytes = Buffer.from([0, 1, 254, 255]);

  test.each(['Run', 'Watch', 'Collect', 'Chat'] as const)(
    'of the caller come with the first message of %s',
    async (method) => {
      const metadata = new Metadata();
      metadata.add('ce-id', '42');
      metadata.add('ce-type', 'x.Y');
      metadata.add('twice', 'a');
      metadata.add('twice', 'b');
      metadata.add('trace-bin', bytes);
      unary = (command) => (commands.push(command), reply(''));
      behave = answering(reply(''));
      const opened = client.open(method, { metadata });
      opened.send({ id: 'a', text: '' });
      opened.halfClose();
      await opened.rest();
      const entries = (commands[0]?.metadata?.entries ?? []).map(({ key, stringValue, bytesValue }) => [
        key,
        stringValue ?? Buffer.from(bytesValue ?? []).toString('hex'),
      ]);
      expect(entries).toEqual(
        expect.arrayContaining([
          ['ce-id', '42'],
          ['ce-type', 'x.Y'],
          ['trace-bin', bytes.toString('hex')],
        ]),
      );
      expect(
        entries
          .filter(([key]) => key === 'twice')
          .map(([, value]) => value)
          .join(),
      ).toMatch(/^a, ?b$|^a,b$/);
      expect(entries.map(([key]) => key)).not.toContain('content-type');
    },
  );

  test.each(['Run', 'Watch', 'Collect', 'Chat'] as const)(
    'of the first reply of %s are the caller’s headers',
    async (method) => {
      const first = reply('1', [
        { key: 'ce-id', stringValue: '7' },
        { key: 'Twice', stringValue: 'a' },
        { key: 'twice', stringValue: 'b' },
        { key: 'x-bin', bytesValue: bytes },
        { key: 'y-bin', stringValue: bytes.toString('base64') },
        { key: 'z-bin', stringValue: 'no base64!' },
        { key: 'bytes', bytesValue: bytes },
        { key: 'grpc-status', stringValue: '5' },
        { key: ':path', stringValue: '/' },
        { key: 'content-length', stringValue: '1' },
        { key: 'bad value', stringValue: 'x' },
        { key: 'newline', stringValue: 'a\nb' },
        { key: 'etag', stringValue: 'one' },
        { key: 'etag', stringValue: 'two' },
      ]);
      unary = () => first;
      behave = answering(
        ...(method === 'Collect' ? [first] : [{}, first, reply('2', [{ key: 'late', stringValue: 'x' }])]),
      );
      const opened = client.open(method);
      opened.send({ id: 'a', text: '' });
      opened.halfClose();
      expect((await opened.rest())[0]).toEqual(text('1'));
      const headers = await opened.headers;
      expect(headers.get('ce-id')).toEqual(['7']);
      expect(headers.get('twice').join().replaceAll(' ', '')).toBe('a,b');
      expect([headers.get('x-bin'), headers.get('y-bin')]).toEqual([[bytes], [bytes]]);
      for (const name of ['z-bin', 'bytes', 'late', 'newline', 'content-length', 'grpc-status'])
        expect([name, headers.get(name)]).toEqual([name, []]);
    },
  );

  test('of a forward come with both messages of a stream, without the caller’s', async () => {
    behave = ({ raw, send }) => raw.once('end', () => void (send(reply('')), raw.end()));
    unary = () => ({
      forward: {
        serviceName: SERVICE,
        commandName: 'Collect',
        payload: ask('f', {}),
        metadata: { entries: [{ key: 'own', stringValue: 'yes' }] },
      },
    });
    await client.call('Run', { id: 'a', text: '' });
    expect(commands.map(({ metadata }) => metadata?.entries?.map(({ key }) => key))).toEqual([['own'], ['own']]);
  });
});
