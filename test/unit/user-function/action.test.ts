import { cloudstate } from '@stategate/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actionModel, OTHER, other } from './model.ts';
import { any, ProxySide, read } from './proxy-side.ts';

let proxy: ProxySide;
beforeAll(async () => {
  proxy = await ProxySide.start(actionModel, other);
});
afterAll(() => proxy[Symbol.asyncDispose]());

const { ActionCommand, ActionResponse } = cloudstate.action;

function send(
  command: cloudstate.action.ActionCommand.$Properties,
): Promise<cloudstate.action.ActionResponse.$Properties> {
  const whole = { serviceName: 'test.model.ActionModel', name: 'Process', metadata: {}, ...command };
  return proxy.unary('/cloudstate.action.ActionProtocol/handleUnary', [ActionCommand, ActionResponse], whole);
}

const process = (...steps: object[]) => send({ payload: any('Request', { steps }) });

test('replies', async () => {
  const { reply, sideEffects } = await process({ put: 'one' });
  expect(read(reply?.payload)).toEqual({ Response: { message: 'one' } });
  expect(sideEffects).toEqual([]);
});

test('replies nothing when the handler returns nothing, and effects still go along', async () => {
  const response = await process({ effect: { id: 'a' } }, { effect: { id: 'b', synchronous: true } });
  expect([response.reply, response.forward, response.failure]).toEqual([null, null, null]);
  expect(response.sideEffects?.map((effect) => [effect.commandName, read(effect.payload), effect.synchronous])).toEqual(
    [
      ['Call', { OtherRequest: { id: 'a' } }, false],
      ['Call', { OtherRequest: { id: 'b' } }, true],
    ],
  );
});

test('forwards', async () => {
  const { forward } = await process({ forward: 'x' });
  expect([forward?.serviceName, forward?.commandName, read(forward?.payload)]).toEqual([
    OTHER,
    'Call',
    { OtherRequest: { id: 'x' } },
  ]);
});

test('fails with its effects', async () => {
  const { failure, sideEffects } = await process({ effect: { id: 'a' } }, { fail: 'expected failure' });
  expect(failure?.description).toBe('expected failure');
  expect(sideEffects).toHaveLength(1);
});

test('an exception fails the call, its text stays in the log', async () => {
  const { failure } = await process({ crash: 'the password is 1234' });
  expect(failure?.description).toBe('Unexpected failure in test.model.ActionModel.Process');
  expect(proxy.errors.at(-1)?.message).toContain('the password is 1234');
  expect((await process({ put: 'alive' })).reply).not.toBeNull();
});

test('sees the metadata of the call', async () => {
  const metadata = { entries: [{ key: 'x-echo', stringValue: 'hello' }] };
  const { reply } = await send({ payload: any('Request', {}), metadata });
  expect(read(reply?.payload)).toEqual({ Response: { message: 'hello' } });
});

test.each([
  [{ serviceName: 'test.model.Nothing' }, 'Unknown service: test.model.Nothing'],
  [{ name: 'Proces' }, 'Unknown command of test.model.ActionModel: "Proces". Did you mean "Process"?'],
])('answers %o with a failure', async (command, description) => {
  const { failure } = await send({ payload: any('Request', {}), ...command });
  expect(failure?.description).toBe(description);
});

test('64-bit integers, bytes, enums and maps go through a handler unchanged', async () => {
  const sent = any('AllScalars', {
    signed: '-9223372036854775808',
    unsigned: '18446744073709551615',
    data: Uint8Array.of(0, 255),
    kind: 'SOME',
    real: 0.5,
    counts: { a: 1, b: -2 },
    nested: { value: 'n' },
  });
  const { reply } = await send({ name: 'Numbers', payload: sent });
  expect(Buffer.from(reply?.payload?.value ?? []).toString('hex')).toBe(Buffer.from(sent.value).toString('hex'));
});
