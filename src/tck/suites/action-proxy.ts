import { casesOf, type ProxyCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import { expectEqual } from '../expect.ts';
import type { InterceptedCall, Item } from '../interceptor.ts';
import type { ProxyWorld } from '../proxy-world.ts';
import {
  answer,
  callOfTwo,
  command,
  effect,
  fail,
  forward,
  head,
  MODEL,
  payload,
  reply,
  request,
  SERVICES,
} from './actions.ts';

const call = (rpc: string, incoming: readonly Plain[], outgoing: readonly Plain[]): InterceptedCall => ({
  rpc: `ActionProtocol/${rpc}`,
  in: [...incoming, 'complete'],
  out: [...outgoing, 'complete'],
});
const unary = (incoming: Plain, outgoing: Plain): InterceptedCall => call('handleUnary', [incoming], [outgoing]);
const ofTwo = (id: string): InterceptedCall => unary(callOfTwo(id), answer(reply('')));
const responses = (...messages: readonly string[]): readonly Plain[] => messages.map((message) => ({ message }));

/** Sends the requests at once, and expects these replies and nothing else. */
async function stream(
  { caller }: ProxyWorld,
  method: string,
  requests: readonly Plain[],
  replies: readonly Plain[],
): Promise<void> {
  const line = caller.open(MODEL, method);
  for (const one of requests) line.send(one);
  line.halfClose();
  for (const one of replies) expectEqual(`reply of ${method}`, await line.next(), one);
  await line.expectEnd();
}

export const actionProxyCases: readonly ProxyCase[] = casesOf('action', SERVICES, {
  async 'verify unary command processing'(world: ProxyWorld) {
    const one = request([reply('one')]);
    expectEqual('reply', await world.caller.call(MODEL, 'ProcessUnary', one), { message: 'one' });
    await world.expectCalls([unary(command('ProcessUnary', one), answer(reply('one')))]);
  },

  async 'verify streamed-in command processing'(world: ProxyWorld) {
    const two = request([reply('two')]);
    await stream(world, 'ProcessStreamedIn', [two], responses('two'));
    await world.expectCalls([
      call('handleStreamedIn', [head('ProcessStreamedIn'), payload(two)], [answer(reply('two'))]),
    ]);
  },

  async 'verify streamed-out command processing'(world: ProxyWorld) {
    const abc = request([reply('A')], [reply('B')], [reply('C')]);
    await stream(world, 'ProcessStreamedOut', [abc], responses('A', 'B', 'C'));
    const outgoing = ['A', 'B', 'C'].map((text) => answer(reply(text)));
    await world.expectCalls([call('handleStreamedOut', [command('ProcessStreamedOut', abc)], outgoing)]);
  },

  async 'verify streamed command processing'(world: ProxyWorld) {
    const texts = ['X', 'Y', 'Z'];
    const requests = texts.map((text) => request([reply(text)]));
    await stream(world, 'ProcessStreamed', requests, responses(...texts));
    const incoming = [head('ProcessStreamed'), ...requests.map(payload)];
    const outgoing = texts.map((text) => answer(reply(text)));
    await world.expectCalls([call('handleStreamed', incoming, outgoing)]);
  },

  async 'verify unary forwards and side effects'(world: ProxyWorld) {
    const forwarding = request([forward('other')]);
    expectEqual('reply', await world.caller.call(MODEL, 'ProcessUnary', forwarding), {});
    const forwarded = [unary(command('ProcessUnary', forwarding), answer(forward('other'))), ofTwo('other')];
    await world.expectCalls(forwarded);
    const steps = [reply(''), effect('another')];
    expectEqual('reply', await world.caller.call(MODEL, 'ProcessUnary', request(steps)), {});
    const withEffect = unary(command('ProcessUnary', request(steps)), answer(...steps));
    await world.expectCalls([...forwarded, withEffect, ofTwo('another')]);
  },

  async 'verify streamed forwards and side effects'(world: ProxyWorld) {
    const [one, two] = [request([forward('one')]), request([effect('two')])];
    const line = world.caller.open(MODEL, 'ProcessStreamed').send(one);
    expectEqual('reply', await line.next(), {});
    await line.send(two).halfClose().expectEnd();
    const incoming = [head('ProcessStreamed'), payload(one), payload(two)];
    const outgoing = [answer(forward('one')), answer(effect('two'))];
    await world.expectCalls([call('handleStreamed', incoming, outgoing), ofTwo('one'), ofTwo('two')]);
  },

  async 'verify unary failures'(world: ProxyWorld) {
    const failing = request([fail('expected failure')]);
    expectEqual('error', await world.caller.failing(MODEL, 'ProcessUnary', failing), 'expected failure');
    await world.expectCalls([unary(command('ProcessUnary', failing), answer(fail('expected failure')))]);
  },

  async 'verify streamed failures'(world: ProxyWorld) {
    const failing = request([fail('expected failure')]);
    const line = world.caller.open(MODEL, 'ProcessStreamed').send(failing);
    expectEqual('reply', await line.next(), undefined);
    expectEqual('error', (await line.end()).details, 'expected failure');
    const incoming: Item[] = [head('ProcessStreamed'), payload(failing), 'cancelled'];
    const out = [answer(fail('expected failure'))];
    await world.expectCalls([{ rpc: 'ActionProtocol/handleStreamed', in: incoming, out }]);
  },

  async 'verify unary HTTP API'(world: ProxyWorld) {
    const path = '/tck/model/action/unary';
    await world.expectJson(path, '{"groups": [{"steps": [{"reply": {"message": "foo"}}]}]}', '{"message":"foo"}');
    await world.expectHttpFailure(path, '{"groups": [{"steps": [{"fail": {"message": "boom"}}]}]}', 'boom');
    await world.expectCalls([
      unary(command('ProcessUnary', request([reply('foo')])), answer(reply('foo'))),
      unary(command('ProcessUnary', request([fail('boom')])), answer(fail('boom'))),
    ]);
  },
});
