import { casesOf, type ProxyCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import { expectEqual, Mismatch, pause, PATIENCE_MS } from '../expect.ts';
import type { InterceptedCall } from '../interceptor.ts';
import type { ProxyWorld } from '../proxy-world.ts';

const PACKAGE = 'cloudstate.tck.model.eventlogeventing';
const SUBSCRIBER = `${PACKAGE}.EventLogSubscriberModel`;
const ONE = `${PACKAGE}.EventSourcedEntityOne`;
const TWO = `${PACKAGE}.EventSourcedEntityTwo`;
const JSON_EVENTS = 'json.cloudstate.io/';

const any = (name: string, message: Plain): Plain => ({ [`${PACKAGE}.${name}`]: message });
const response = (id: string, message: string): Plain => ({ reply: { payload: any('Response', { id, message }) } });
const isOfAction = ({ rpc }: InterceptedCall): boolean => rpc.startsWith('ActionProtocol/');

/** The calls, once there are so many; those of the entity come first. */
async function calls(world: ProxyWorld, count: number): Promise<readonly InterceptedCall[]> {
  const isOver = (call: InterceptedCall): boolean => !isOfAction(call) || call.out.at(-1) === 'complete';
  for (const end = performance.now() + PATIENCE_MS; ; await pause(5)) {
    const seen = world.calls;
    if (seen.length >= count && seen.every(isOver)) break;
    if (performance.now() > end) throw new Mismatch(`${count} calls, within ${PATIENCE_MS} ms`, count, seen);
  }
  await pause(10);
  const seen = world.claim(count);
  return [...seen.filter((call) => !isOfAction(call)), ...seen.filter(isOfAction)];
}

/** One command that has one event kept, whose payload comes back. */
async function emit(world: ProxyWorld, service: string, method: string, request: Plain): Promise<void> {
  expectEqual('reply', await world.caller.call(service, method, request), {});
}

function expectEntity(call: InterceptedCall | undefined, service: string, entityId: string): Plain {
  type Reply = { reply?: { commandId?: number; events?: readonly Plain[] } };
  const [init, command] = call?.in ?? [];
  const { reply } = (call?.out[0] ?? {}) as Reply;
  expectEqual('beginning of the stream', init, { init: { serviceName: service, entityId } });
  expectEqual('messages on the stream', [call?.in.length, call?.out.length], [2, 1]);
  expectEqual('command', (command as { command?: { id?: number } } | undefined)?.command?.id, 1);
  expectEqual('reply', [reply?.commandId, reply?.events?.length], [1, 1]);
  return reply?.events?.[0] ?? {};
}

const unary = (name: string, payload: Plain, outgoing: Plain): InterceptedCall => ({
  rpc: 'ActionProtocol/handleUnary',
  in: [{ serviceName: SUBSCRIBER, name, payload }, 'complete'],
  out: [outgoing, 'complete'],
});

export const eventLogCases: readonly ProxyCase[] = [
  ...casesOf('event log', [SUBSCRIBER, ONE], {
    async 'consume an event'(world: ProxyWorld) {
      const id = world.ids.next('eventlogeventing:1');
      const eventOne = { step: { reply: { message: 'some message' } } };
      await emit(world, ONE, 'EmitEvent', { id, eventOne });
      const [entity, consumed] = await calls(world, 2);
      expectEqual('event', expectEntity(entity, ONE, id), any('EventOne', eventOne));
      const expected = unary('ProcessEventOne', any('EventOne', eventOne), response(id, 'some message'));
      expectEqual('call of the subscriber', consumed, expected);
    },

    async 'forward a consumed event'(world: ProxyWorld) {
      const id = world.ids.next('eventlogeventing:2');
      const eventOne = { step: { forward: { message: 'some message' } } };
      await emit(world, ONE, 'EmitEvent', { id, eventOne });
      const [entity, consumed, forwarded] = await calls(world, 3);
      expectEqual('event', expectEntity(entity, ONE, id), any('EventOne', eventOne));
      const payload = any('EffectRequest', { id, message: 'some message' });
      const forward = { forward: { serviceName: SUBSCRIBER, commandName: 'Effect', payload } };
      const expected = unary('ProcessEventOne', any('EventOne', eventOne), forward);
      expectEqual('call of the subscriber', consumed, expected);
      expectEqual('call that was forwarded', forwarded, unary('Effect', payload, response(id, 'some message')));
    },
  }),
  ...casesOf('event log', [SUBSCRIBER, TWO], {
    async 'process json events'(world: ProxyWorld) {
      const id = world.ids.next('eventlogeventing:3');
      await emit(world, TWO, 'EmitJsonEvent', { id, message: 'some json message' });
      const [entity, consumed] = await calls(world, 2);
      const event = expectEntity(entity, TWO, id);
      const [typeUrl = ''] = Object.keys(event);
      if (!typeUrl.startsWith(JSON_EVENTS)) throw new Mismatch('type of the event', `${JSON_EVENTS}…`, typeUrl);
      const expected = unary('ProcessAnyEvent', event, response(id, 'some json message'));
      expectEqual('call of the subscriber', consumed, expected);
    },
  }),
];
