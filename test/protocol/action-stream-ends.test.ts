// How calls of actions with streams end, whoever ends them.
import { connect as connectHttp2 } from 'node:http2';
import { status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { probeRoot } from '../support/probe.ts';
import type { StreamedRpc } from '../support/scripted-function.ts';
import {
  answering,
  effect,
  forward,
  idOf,
  METHODS,
  pause,
  reply,
  type Response,
  SERVICE,
  StreamedActions,
  text,
} from '../support/streamed-actions.ts';

let actions: StreamedActions;
beforeAll(async () => {
  actions = await StreamedActions.start();
});
afterAll(() => actions[Symbol.asyncDispose]());
beforeEach(() => actions.reset());

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
      actions.behave = ({ raw, send }) => {
        raw.once('data', () => {
          for (const response of [reply('1'), reply('2'), last, reply('after')]) send(response);
        });
      };
      const opened = actions.call('Chat', [], 'open');
      expect(await opened.rest()).toEqual(['1', '2'].map(text));
      expect(await opened.status).toMatchObject(status);
      await eventually(() => actions.cancelled === 1, 2_000);
    },
  );

  test.each(['handleStreamedOut', 'handleStreamed', 'handleStreamedIn'] as const)(
    'because %s of the user function ends with a status has that status',
    async (rpc) => {
      actions.behave = ({ raw, send }) => {
        raw.once('data', () => {
          send(reply('before'));
          raw.emit('error', { code: grpcStatus.FAILED_PRECONDITION, details: 'not so' });
        });
      };
      const opened = actions.call(METHODS[rpc]);
      expect(await opened.rest()).toEqual(rpc === 'handleStreamedIn' ? [] : [text('before')]);
      expect(await opened.status).toMatchObject({ code: grpcStatus.FAILED_PRECONDITION, details: 'not so' });
    },
  );

  test('with an answer that cannot be read says so, and cancels the user function', async () => {
    actions.behave = ({ raw, send }) => raw.once('data', () => send(Buffer.from([0xff])));
    const opened = actions.call('Chat', [], 'open');
    expect(await opened.rest()).toEqual([]);
    expect(await opened.status).toMatchObject({ code: 2, details: expect.stringContaining('cannot be read') });
    await eventually(() => actions.cancelled === 1, 2_000);
  });

  test('runs the effects of its failure all the same', async () => {
    const ran: string[] = [];
    actions.unary = (command) => {
      ran.push(idOf(command));
      return reply('');
    };
    actions.behave = answering({ failure: { description: 'no' }, sideEffects: [effect('s', true)] });
    expect(await actions.call('Watch').status).toMatchObject({ code: 2, details: 'no' });
    expect(ran).toEqual(['s']);
  });

  test('without any answer is empty; of a method with one reply it is an error', async () => {
    actions.behave = answering();
    expect(await actions.call('Watch').rest()).toEqual([]);
    expect(await actions.call('Watch').status).toMatchObject({ code: 0 });
    expect(await actions.call('Collect').status).toMatchObject({
      code: 2,
      details: 'the action ended without an answer',
    });
  });
});

describe('a call that ends early', () => {
  const open = (rpc: StreamedRpc) =>
    actions.call(
      METHODS[rpc],
      rpc === 'handleStreamedOut' ? ['a'] : [],
      rpc === 'handleStreamedOut' ? 'closed' : 'open',
    );

  test.each(['handleStreamedIn', 'handleStreamedOut', 'handleStreamed'] as const)(
    'because its caller cancels %s cancels the user function',
    async (rpc) => {
      actions.behave = ({ raw, send }) => raw.once('data', () => send(reply('1')));
      const opened = open(rpc);
      if (rpc !== 'handleStreamedIn') await opened.next();
      await eventually(() => actions.commands.length === 1);
      opened.cancel();
      await eventually(() => actions.cancelled === 1, 2_000);
    },
  );

  test('cancels the call that it was forwarded to', async () => {
    actions.behave = ({ raw, send }, rpc) => {
      if (rpc === 'handleStreamed') raw.once('data', () => send(forward('Watch')));
      else raw.once('data', () => send(reply('of the target')));
    };
    const opened = actions.call('Chat', [], 'open');
    expect(await opened.next()).toEqual(text('of the target'));
    opened.cancel();
    await eventually(() => actions.cancelled === 2, 2_000);
  });

  test('because its bytes are no messages cancels the user function', async () => {
    actions.behave = ({ raw }) => void raw.resume();
    const session = connectHttp2(actions.proxy.url(''));
    const headers = { ':method': 'POST', ':path': `/${SERVICE}/Chat`, 'content-type': 'application/grpc' };
    const stream = session.request(headers);
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(5));
    await eventually(() => actions.commands.length === 2, 5_000, 'the first message');
    stream.write(Buffer.alloc(6, 9));
    await eventually(() => actions.cancelled === 1, 5_000, 'the end of the call');
    session.destroy();
  });

  test('because its deadline is over cancels the user function', async () => {
    actions.behave = () => undefined;
    const opened = actions.client.open('Chat', { deadlineMs: 200 });
    expect(await opened.status).toMatchObject({ code: grpcStatus.DEADLINE_EXCEEDED });
    await eventually(() => actions.cancelled === 1, 2_000);
  });

  test('only the caller’s deadline ends a stream; one reply must come in the relay time', async () => {
    actions.behave = ({ raw, send }) => raw.once('data', () => setTimeout(() => send(reply('late')), 700));
    expect(await actions.call('Watch').next()).toEqual(text('late'));
    const collecting = actions.call('Collect', [], 'open');
    await pause(500);
    expect(actions.cancelled).toBe(0);
    actions.behave = () => undefined;
    const silent = actions.call('Collect');
    expect(await silent.status).toMatchObject({
      code: grpcStatus.DEADLINE_EXCEEDED,
      details: 'no answer within 400 ms',
    });
    collecting.cancel();
  });

  test('because the user function is gone is UNAVAILABLE, after what came before', async () => {
    actions.behave = ({ raw, send }) => {
      raw.once('data', () => {
        send(reply('last words'));
        setTimeout(() => line[Symbol.asyncDispose](), 100);
      });
    };
    const line = await FaultProxy.start({ port: actions.userFunction.port });
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
