// Actions whose messages or replies are streams: what the test kit does not look at.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { orderOf } from '../support/probe-messages.ts';
import type { StreamedRpc } from '../support/scripted-function.ts';
import {
  answering,
  effect,
  forward,
  idOf,
  METHODS,
  pause,
  reply,
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

describe('the user function', () => {
  test.each(['handleStreamedIn', 'handleStreamed'] as const)(
    'of %s is called before the first message',
    async (rpc) => {
      let called: StreamedRpc | undefined;
      actions.behave = ({ raw, send }, name) => {
        called = name;
        raw.once('data', () => {
          send(reply('first'));
          if (rpc === 'handleStreamedIn') raw.end();
        });
        raw.once('end', () => raw.end());
      };
      const opened = actions.call(METHODS[rpc], [], 'open');
      expect(await opened.next()).toEqual(text('first'));
      expect(called).toBe(rpc);
      expect(actions.commands).toMatchObject([{ serviceName: SERVICE, name: METHODS[rpc] }]);
      expect(actions.commands[0]?.payload).toBeNull();
      expect(actions.halfClosed).toBe(0);
      opened.halfClose();
      expect(await opened.status).toMatchObject({ code: 0 });
    },
  );

  test('of a stream of messages learns of each with empty metadata, and of their end', async () => {
    actions.behave = ({ raw, send }) => {
      raw.once('end', () => {
        send(reply('all'));
        raw.end();
      });
    };
    expect(await actions.call('Collect', ['x', 'y']).rest()).toEqual([text('all')]);
    expect(
      actions.commands.slice(1).map(({ serviceName, name, metadata }) => [serviceName, name, metadata?.entries]),
    ).toEqual([
      ['', '', []],
      ['', '', []],
    ]);
    expect(actions.commands.slice(1).map(idOf)).toEqual(['x', 'y']);
    await eventually(() => actions.halfClosed === 1, 2_000);
  });

  test('may answer before the caller has finished: what still comes is discarded', async () => {
    actions.behave = answering(reply('early'));
    const opened = actions.call('Collect', [], 'open');
    expect(await opened.rest()).toEqual([text('early')]);
    expect(await opened.status).toMatchObject({ code: 0 });
    opened.send({ id: 'late', text: '' });
    await pause(50);
    expect(actions.commands).toHaveLength(1);
  });
});

describe('the replies of a stream', () => {
  test('keep their order, whatever stands in a reply’s place', async () => {
    actions.behave = (stream, rpc) => {
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
    actions.unary = async (command) => {
      await pause(20);
      return reply(`unary ${idOf(command)}`);
    };
    const order = ['1', 'unary f', '2', 'w1', 'w2', '{}', 'collected', '3', '4'];
    expect(await actions.call('Chat').rest()).toEqual(order.map(text));
  });

  test.each([
    ['a unary action', 'Run', 'of the unary action'],
    ['an action with a stream of messages', 'Collect', 'collected'],
  ])('of a unary command are those of %s to which it is forwarded', async (_, method, expected) => {
    actions.unary = ({ payload }) =>
      orderOf(payload?.value ?? new Uint8Array()).reply === 'go' ? forward(method) : reply(expected);
    actions.behave = ({ raw, send }) => raw.once('end', () => void (send(reply('collected')), raw.end()));
    expect(await actions.client.call('Run', { id: 'a', text: '{"reply":"go"}' })).toEqual(text(expected));
  });

  test('wait for the synchronous effects before them, in order; not for others', async () => {
    const events: string[] = [];
    actions.unary = async (command) => {
      await pause(idOf(command) === 's' ? 60 : 5);
      events.push(idOf(command));
      return reply('');
    };
    actions.behave = answering(
      { ...reply('1'), sideEffects: [effect('s', true), effect('t', true)] },
      { sideEffects: [effect('u', true)] },
      { ...reply('2'), sideEffects: [effect('s', false)] },
    );
    const opened = actions.call('Watch');
    expect(await opened.next()).toEqual(text('1'));
    expect(events).toEqual(['s', 't']);
    expect(await opened.next()).toEqual(text('2'));
    expect(events).toEqual(['s', 't', 'u']);
    expect(await opened.rest()).toEqual([]);
    await eventually(() => events.length === 4);
  });

  test('all come, in order, when effects hold up a fast user function', async () => {
    actions.unary = async () => {
      await pause(1);
      return reply('');
    };
    const count = 3_000;
    actions.behave = ({ raw, send }) => {
      raw.once('data', () => {
        for (let i = 0; i < count; i += 1)
          send(i % 100 === 0 ? { ...reply(`${i}`), sideEffects: [effect('s', true)] } : reply(`${i}`));
        raw.end();
      });
    };
    const replies = await actions.call('Watch').rest();
    expect(replies).toEqual(Array.from({ length: count }, (_, i) => text(`${i}`)));
  });
});
