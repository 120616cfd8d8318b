import type { cloudstate } from '@stategate/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { other, OTHER, valueModel } from './model.ts';
import { any, ProxySide, read } from './proxy-side.ts';

let proxy: ProxySide;
beforeAll(async () => {
  proxy = await ProxySide.start(valueModel, other);
});
afterAll(() => proxy[Symbol.asyncDispose]());

type Out = cloudstate.valueentity.ValueEntityStreamOut.$Properties | undefined;

/** A reply in short: the message, or the failure, and what happens to the state. */
function reply(out: Out): unknown[] {
  if (out?.reply === null || out?.reply === undefined) throw new Error(`no reply: ${JSON.stringify(out)}`);
  const { clientAction, stateAction } = out.reply;
  const answer = clientAction?.failure
    ? clientAction.failure.description
    : clientAction?.forward
      ? [clientAction.forward.serviceName, read(clientAction.forward.payload)]
      : read(clientAction?.reply?.payload)?.['Response'];
  if (stateAction?.update) return [answer, 'update', read(stateAction.update.value)?.['Persisted']];
  return stateAction?.delete ? [answer, 'delete'] : [answer];
}

const message = (text: string) => ({ message: text });

test('starts empty, and an update is kept', async () => {
  const entity = proxy.valueEntity();
  expect(reply(await entity.command())).toEqual([message('')]);
  expect(reply(await entity.command({ put: 'A' }))).toEqual([message('A'), 'update', { value: 'A' }]);
  expect(reply(await entity.command())).toEqual([message('A')]);
  await entity.passivate();
});

test('only the last of several changes is told', async () => {
  const entity = proxy.valueEntity();
  expect(reply(await entity.command({ put: 'A' }, { put: 'B' }))).toEqual([message('B'), 'update', { value: 'B' }]);
  expect(reply(await entity.command({ put: 'C' }, { delete: true }))).toEqual([message(''), 'delete']);
  expect(reply(await entity.command({ delete: true }, { put: 'D' }))).toEqual([message('D'), 'update', { value: 'D' }]);
  expect(reply(await entity.command())).toEqual([message('D')]);
  await entity.passivate();
});

test('starts from the stored state', async () => {
  const entity = proxy.valueEntity(any('Persisted', { value: 'D' }));
  expect(reply(await entity.command())).toEqual([message('D')]);
  expect(reply(await entity.command({ delete: true }))).toEqual([message(''), 'delete']);
  expect(reply(await entity.command())).toEqual([message('')]);
  await entity.passivate();
});

test('forwards with a change, and effects stay in order', async () => {
  const entity = proxy.valueEntity();
  const steps = [{ put: 'A' }, { effect: { id: '1' } }, { effect: { id: '2', synchronous: true } }, { forward: 'x' }];
  const out = await entity.command(...steps);
  expect(reply(out)).toEqual([[OTHER, { OtherRequest: { id: 'x' } }], 'update', { value: 'A' }]);
  expect(out?.reply?.sideEffects?.map((effect) => effect.synchronous)).toEqual([false, true]);
  await entity.passivate();
});

test('a failure drops the change and the effects, and the entity goes on', async () => {
  const entity = proxy.valueEntity();
  await entity.command({ put: 'A' });
  const out = await entity.command({ put: 'B' }, { effect: { id: '1' } }, { fail: 'expected failure' });
  expect(reply(out)).toEqual(['expected failure']);
  expect(out?.reply?.clientAction?.failure?.commandId).toBe(2);
  expect(out?.reply?.sideEffects ?? []).toEqual([]);
  expect(reply(await entity.command())).toEqual([message('A')]);
  await entity.passivate();
});

test('an exception ends the stream with the id of the command', async () => {
  const entity = proxy.valueEntity();
  const out = await entity.command({ put: 'A' }, { crash: 'boom' });
  expect(out?.failure).toMatchObject({ commandId: 1, description: 'Unexpected failure in Process: Error: boom' });
  expect(await entity.next()).toBeUndefined();
});

test('a stored state of another type is refused', async () => {
  const entity = proxy.valueEntity(any('OtherRequest', {}));
  expect((await entity.next())?.failure?.description).toContain('Cannot read a state of type');
  expect(await entity.next()).toBeUndefined();
});
