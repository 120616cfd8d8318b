import { casesOf, type ProxyCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import { expectEqual, expectSoon } from '../expect.ts';
import type { InterceptedCall, Item } from '../interceptor.ts';
import type { ProxyWorld } from '../proxy-world.ts';
import { deltaOf, type Short, stateOf } from './crdt-values.ts';
import { any, change, CONFIGURED, count, effect, fail, forward, gone, grow, MODEL, SERVICES, TWO } from './crdts.ts';

const SILENCE_MS = 100;

const init = (entityId: string, serviceName = MODEL): Plain => ({ init: { serviceName, entityId } });
const command = (id: number, entityId: string, actions: readonly Plain[] = [], name = 'Process'): Plain => ({
  command: { entityId, id, name, payload: any('Request', { id: entityId, actions }) },
});
const streamedCommand = (id: number, entityId: string, request: Plain = {}): Plain => ({
  command: {
    entityId,
    id,
    name: 'ProcessStreamed',
    payload: any('StreamedRequest', { id: entityId, ...request }),
    streamed: true,
  },
});
const response = (message: Plain): Plain => ({ clientAction: { reply: { payload: any('Response', message) } } });
/** @param type the entity's, or its id */
const reply = (commandId: number, type: string, state: unknown, more: Plain = {}): Plain => ({
  reply: { commandId, ...response({ state: stateOf(type, state) }), ...more },
});
const update = (delta: Short): Plain => ({ stateAction: { update: deltaOf(delta) } });
const remove: Plain = { stateAction: { delete: {} } };
const emptyReply = (commandId: number, more: Plain = {}): Plain => ({ reply: { commandId, ...response({}), ...more } });
/** The user function's stream of an entity, closed well. */
const closed = (incoming: readonly Item[], outgoing: readonly Item[]): InterceptedCall => ({
  rpc: 'Crdt/handle',
  in: [...incoming, 'complete'],
  out: [...outgoing, 'complete'],
});

/** A counter's state as it is told over HTTP. */
const json = (value: string): string => `{"state":{"pncounter":{"value":"${value}"}}}`;

async function expectState(world: ProxyWorld, id: string, actions: readonly Plain[], state: unknown): Promise<void> {
  const request = { id, actions };
  expectEqual('reply', await world.caller.call(MODEL, 'Process', request), { state: stateOf(id, state) });
}

export const crdtProxyCases: readonly ProxyCase[] = [
  ...casesOf('CRDT', SERVICES, {
    async 'verify state changes'(world: ProxyWorld) {
      const id = world.ids.next('PNCounter');
      const [one, two] = [change(1, -2, 3), change(4, -5, 6)];
      await expectState(world, id, [], 0);
      await expectState(world, id, one, 2);
      await expectState(world, id, two, 7);
      await expectState(world, id, [gone], 7);
      await world.expectCalls([
        closed(
          [init(id), ...[[], one, two, [gone]].map((actions, index) => command(index + 1, id, actions))],
          [
            reply(1, id, 0),
            reply(2, id, 2, update({ pncounter: 2 })),
            reply(3, id, 7, update({ pncounter: 5 })),
            reply(4, id, 7, remove),
          ],
        ),
      ]);
    },

    async 'verify forwards and side effects'(world: ProxyWorld) {
      const [id, other] = [world.ids.next('GSet'), world.ids.next('X')];
      const target = { serviceName: TWO, commandName: 'Call', payload: any('Request', { id: other }) };
      await expectState(world, id, grow('one'), ['one']);
      const forwarding = { id, actions: [forward(other)] };
      expectEqual('reply', await world.caller.call(MODEL, 'Process', forwarding), {});
      await expectState(world, id, [effect(other)], ['one']);
      await expectState(world, id, [gone], ['one']);
      const answersOfTwo = (): number => world.calls[1]?.out.length ?? 0;
      await expectSoon('the answers of the entity that was forwarded to and told of an effect', answersOfTwo, 2);
      expectEqual('reply', await world.caller.call(TWO, 'Call', { id: other, actions: [gone] }), {});
      const commands = [grow('one'), [forward(other)], [effect(other)], [gone]];
      await world.expectCalls([
        closed(
          [init(id), ...commands.map((actions, index) => command(index + 1, id, actions))],
          [
            reply(1, id, ['one'], update({ gset: ['one'] })),
            { reply: { commandId: 2, clientAction: { forward: target } } },
            reply(3, id, ['one'], { sideEffects: [target] }),
            reply(4, id, ['one'], remove),
          ],
        ),
        closed(
          [init(other, TWO), ...[[], [], [gone]].map((actions, index) => command(index + 1, other, actions, 'Call'))],
          [emptyReply(1), emptyReply(2), emptyReply(3, remove)],
        ),
      ]);
    },

    async 'verify failures'(world: ProxyWorld) {
      const id = world.ids.next('GCounter');
      const failing = [fail('expected failure')];
      await expectState(world, id, count(42), 42);
      const error = await world.caller.failing(MODEL, 'Process', { id, actions: failing });
      expectEqual('error', error, 'expected failure');
      await expectState(world, id, [gone], 42);
      await world.expectCalls([
        closed(
          [init(id), ...[count(42), failing, [gone]].map((actions, index) => command(index + 1, id, actions))],
          [
            reply(1, id, 42, update({ gcounter: 42 })),
            { reply: { commandId: 2, clientAction: { failure: { commandId: 2, description: 'expected failure' } } } },
            reply(3, id, 42, remove),
          ],
        ),
      ]);
    },

    async 'verify streamed responses for connection tracking'(world: ProxyWorld) {
      const id = world.ids.next('Vote');
      const [offline, online] = [
        [false, 0, 1],
        [true, 1, 1],
      ];
      const open = (request: Plain) =>
        world.caller
          .open(MODEL, 'ProcessStreamed')
          .send({ id, ...request })
          .halfClose();
      const monitor = open({});
      const expectNext = async (state: unknown): Promise<void> =>
        expectEqual('what the monitor is told', await monitor.next(), { state: stateOf(id, state) });
      await expectNext(offline);

      const connecting = {
        initialUpdate: { vote: { selfVote: true } },
        cancelUpdate: { vote: { selfVote: false } },
        empty: true,
      };
      const connect = open(connecting);
      expectEqual('silence of the one that asked for nothing', await connect.isSilent(SILENCE_MS), true);
      await expectNext(online);
      connect.cancel();
      await expectNext(offline);
      monitor.cancel();
      const answers = (): number => world.calls[0]?.out.length ?? 0;
      await expectSoon('the answers to commands and cancellations', answers, 6);
      await expectState(world, id, [gone], offline);
      const cancelled = (of: number): Plain => ({ streamCancelled: { entityId: id, id: of } });
      const message = (state: unknown): Plain => ({
        streamedMessage: { commandId: 1, ...response({ state: stateOf(id, state) }) },
      });
      await world.expectCalls([
        closed(
          [
            init(id),
            streamedCommand(1, id),
            streamedCommand(2, id, connecting),
            cancelled(2),
            cancelled(1),
            command(3, id, [gone]),
          ],
          [
            reply(1, id, offline, { streamed: true }),
            { reply: { commandId: 2, streamed: true, ...update({ vote: true }) } },
            message(online),
            { streamCancelledResponse: { commandId: 2, ...update({ vote: false }) } },
            message(offline),
            { streamCancelledResponse: { commandId: 1 } },
            reply(3, id, offline, remove),
          ],
        ),
      ]);
    },

    async 'verify HTTP API'(world: ProxyWorld) {
      const [id, other] = [world.ids.next('PNCounter'), world.ids.next('PNCounter')];
      const path = `/tck/model/crdt/${id}`;
      await world.expectJson(path, '{}', json('0'));
      expectEqual('answer of the second service', (await world.post(`/${TWO}/Call`, `{"id": "${other}"}`)).status, 200);
      await world.expectJson(path, '{"actions": [{"update": {"pncounter": {"change": 42} }}]}', json('42'));
      await world.expectHttpFailure(
        path,
        '{"actions": [{"fail": {"message": "expected failure"}}]}',
        'expected failure',
      );
      await world.expectJson(path, '{"actions": [{"update": {"pncounter": {"change": -123} }}]}', json('-81'));
      await world.expectJson(path, '{"actions": [{"delete": {}}]}', json('-81'));
      const commands = [[], change(42), [fail('expected failure')], change(-123), [gone]];
      await world.expectCalls([
        closed(
          [init(id), ...commands.map((actions, index) => command(index + 1, id, actions))],
          [
            reply(1, id, 0),
            reply(2, id, 42, update({ pncounter: 42 })),
            { reply: { commandId: 3, clientAction: { failure: { commandId: 3, description: 'expected failure' } } } },
            reply(4, id, -81, update({ pncounter: -123 })),
            reply(5, id, -81, remove),
          ],
        ),
        { rpc: 'Crdt/handle', in: [init(other, TWO), command(1, other, [], 'Call')], out: [emptyReply(1)] },
      ]);
    },
  }),
  ...casesOf('CRDT', [CONFIGURED], {
    async 'verify passivation timeout'(world: ProxyWorld) {
      const id = world.ids.next();
      expectEqual('reply', await world.caller.call(CONFIGURED, 'Call', { id }), {});
      await world.expectCalls([closed([init(id, CONFIGURED), command(1, id, [], 'Call')], [emptyReply(1)])], 2_000);
    },
  }),
];
