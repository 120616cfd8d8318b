import { casesOf, type ProxyCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import type { InterceptedCall } from '../interceptor.ts';
import type { ProxyWorld } from '../proxy-world.ts';
import { effect, fail, forward, type Told } from './entities.ts';
import { configured, emit, emits, event, events, SERVICES, snapshot, two, words } from './event-sourced.ts';

/** One command and what it is answered, with what the reply keeps. */
type Exchange = readonly [actions: readonly Plain[], told: Told, more?: Plain, effects?: readonly Plain[]];

/** A stream that is still open. `replayed` are the events that it begins with. */
function stream(id: string, exchanges: readonly Exchange[], replayed = ''): InterceptedCall {
  return words.call(
    [
      words.init(id),
      ...replayed.split('').map((letter, index) => event(index + 1, letter)),
      ...exchanges.map(([actions], index) => words.command(index + 1, id, actions)),
    ],
    exchanges.map(([, told, more, effects], index) => words.reply(index + 1, told, more, effects)),
  );
}

const closed = ({ rpc, in: incoming, out }: InterceptedCall): InterceptedCall => ({
  rpc,
  in: [...incoming, 'complete'],
  out: [...out, 'complete'],
});

/** What the user function has answered last, whether with a restart or without. */
function lastFailure(world: ProxyWorld): { readonly restart?: boolean } {
  type Failing = { reply?: { clientAction?: { failure?: { restart?: boolean } } } };
  const last = world.calls
    .find(({ rpc }) => rpc === 'EventSourced/handle')
    ?.out.findLast((item) => typeof item === 'object');
  return (last as Failing | undefined)?.reply?.clientAction?.failure ?? {};
}

/** The same stream with the flag in its last reply. */
function asking(restart: boolean | undefined, call: InterceptedCall): InterceptedCall {
  const last = call.out.at(-1) as { reply: { clientAction: { failure: Plain } } };
  const failure = { ...last.reply.clientAction.failure, restart };
  return { ...call, out: [...call.out.slice(0, -1), { reply: { ...last.reply, clientAction: { failure } } }] };
}

export const eventSourcedProxyCases: readonly ProxyCase[] = [
  ...casesOf('event sourced', SERVICES, {
    async 'verify state changes'(world: ProxyWorld) {
      const id = world.ids.next();
      const exchanges: readonly (Exchange & { readonly 1: string })[] = [
        [[], ''],
        [emits('A'), 'A', events('A')],
        [emits('BCD'), 'ABCD', events('B', 'C', 'D')],
        [emits('E'), 'ABCDE', { ...events('E'), ...snapshot('ABCDE') }],
        [emits('FGHI'), 'ABCDEFGHI', events('F', 'G', 'H', 'I')],
        [emits('JK'), 'ABCDEFGHIJK', { ...events('J', 'K'), ...snapshot('ABCDEFGHIJK') }],
      ];
      for (const [actions, message] of exchanges) await words.expectReply(world, id, actions, message);
      await world.expectCalls([stream(id, exchanges)]);
    },

    async 'verify forwards and side effects'(world: ProxyWorld) {
      const [id, other] = [world.ids.next(), world.ids.next()];
      await words.expectReply(world, id, [emit('one')], 'one');
      await words.expectReply(world, id, [forward(other)], '');
      await words.expectReply(world, id, [effect(other)], 'one');
      await words.expectReply(world, id, [], 'one');
      const exchanges: readonly Exchange[] = [
        [[emit('one')], 'one', events('one')],
        [[forward(other)], { forward: other }],
        [[effect(other)], 'one', {}, [effect(other)]],
        [[], 'one'],
      ];
      await world.expectCalls([stream(id, exchanges), words.callOfTwo(other, 2, {})]);
    },

    async 'verify failures'(world: ProxyWorld) {
      const id = world.ids.next();
      await words.expectReply(world, id, emits('123'), '123');
      await words.expectFailure(world, id, [fail('expected failure')], 'expected failure');
      await words.expectReply(world, id, [], '123');
      const spoiling = [emit('4'), fail('another failure'), emit('5')];
      await words.expectFailure(world, id, spoiling, 'another failure');
      const exchanges: readonly Exchange[] = [
        [emits('123'), '123', events('1', '2', '3')],
        [[fail('expected failure')], { fail: 'expected failure' }],
        [[], '123'],
        [spoiling, { fail: 'another failure' }],
      ];
      const last: Exchange = [emits('45'), '12345', { ...events('4', '5'), ...snapshot('12345') }];
      const { restart } = lastFailure(world);
      const before = asking(restart, stream(id, exchanges));
      // The new stream is opened at once, no command has to come for it.
      await world.expectCalls(restart ? [closed(before), stream(id, [], '123')] : [before]);
      await words.expectReply(world, id, emits('45'), '12345');
      await world.expectCalls(
        restart ? [closed(before), stream(id, [last], '123')] : [stream(id, [...exchanges, last])],
      );
    },

    async 'verify HTTP API'(world: ProxyWorld) {
      const [id, other] = [world.ids.next(), world.ids.next()];
      const path = `/tck/model/eventsourced/${id}`;
      await world.expectJson(path, '{}', '{"message":""}');
      await world.expectJson(`/${two}/Call`, `{"id": "${other}"}`, '{"message":""}');
      await world.expectJson(path, '{"actions": [{"emit": {"value": "x"}}]}', '{"message":"x"}');
      await world.expectHttpFailure(
        path,
        '{"actions": [{"fail": {"message": "expected failure"}}]}',
        'expected failure',
      );
      await world.expectJson(path, '{"actions": [{"emit": {"value": "y"}}]}', '{"message":"xy"}');
      const spoiling = '{"actions": [{"emit": {"value": "z"}}, {"fail": {"message": "emit then fail"}}]}';
      await world.expectHttpFailure(path, spoiling, 'emit then fail');
      const exchanges: readonly Exchange[] = [
        [[], ''],
        [emits('x'), 'x', events('x')],
        [[fail('expected failure')], { fail: 'expected failure' }],
        [emits('y'), 'xy', events('y')],
        [[emit('z'), fail('emit then fail')], { fail: 'emit then fail' }],
      ];
      const last: Exchange = [emits('z'), 'xyz', events('z')];
      const { restart } = lastFailure(world);
      const before = asking(restart, stream(id, exchanges));
      const ofTwo = words.callOfTwo(other, 1, {});
      await world.expectCalls(restart ? [closed(before), ofTwo, stream(id, [], 'xy')] : [before, ofTwo]);
      await world.expectJson(path, '{"actions": [{"emit": {"value": "z"}}]}', '{"message":"xyz"}');
      await world.expectCalls(
        restart ? [closed(before), ofTwo, stream(id, [last], 'xy')] : [stream(id, [...exchanges, last]), ofTwo],
      );
    },
  }),
  ...casesOf('event sourced', [configured], {
    async 'verify passivation timeout'(world: ProxyWorld) {
      await words.expectPassivation(world, {});
    },
  }),
];
