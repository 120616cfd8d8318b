import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Order, Target } from '../support/model-function.ts';
import { ask, seen } from '../support/probe-messages.ts';
import { ENTITIES, expected, ProtocolWorld } from '../support/protocol-world.ts';

const { init, valueInit, command } = expected;
const value = (id: string, order: Order): Target => ({ to: 'ProbeValue', id, order });
const action = (id: string, order: Order): Target => ({ to: 'ProbeAction', id, order });

let world: ProtocolWorld;
beforeAll(async () => {
  world = await ProtocolWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

/** The actions that were called for this id. */
function actionsFor(id: string) {
  const prefix = ask(id, {}).value.subarray(0, 2 + Buffer.byteLength(id));
  return world.received.actions.filter(
    (what) => typeof what === 'object' && payloadOf(what).subarray(0, prefix.length).equals(prefix),
  );
}

function payloadOf(what: object): Buffer {
  return Buffer.from((what as { payload?: { value?: string } }).payload?.value ?? '', 'base64');
}

function actionCommand({ id, order }: Target, metadata: object = {}) {
  return { serviceName: 'stategate.test.ProbeAction', name: 'Run', payload: seen(ask(id, order)), metadata };
}

describe('a forward', () => {
  test.each(ENTITIES)('from %s to a value entity and to an action gives the caller their replies', async (service) => {
    const id = `f ${service}`;
    const toValue = { forward: value(`${id} v`, { reply: 'of the value entity', state: { update: 'x' } }) };
    const toAction = { forward: action(`${id} a`, { reply: 'of the action' }) };
    expect(await world.run(service, id, toValue)).toBe('of the value entity');
    expect(await world.run(service, id, toAction)).toBe('of the action');
    expect(world.lives(id)[0]?.slice(1)).toEqual([command(1, id, toValue), command(2, id, toAction)]);
    expect(world.lives(`${id} v`)).toEqual([[valueInit(`${id} v`), command(1, `${id} v`, toValue.forward.order)]]);
    expect(actionsFor(`${id} a`)).toEqual([actionCommand(toAction.forward)]);
  });

  test('has metadata of its own: none of the caller; the reply’s metadata reach the caller', async () => {
    const metadata = new Metadata();
    metadata.set('x-caller', 'secret');
    const forward = {
      ...action('meta', { reply: 'r', metadata: [['x-reply', 'yes']] }),
      metadata: [
        ['x-forward', 'a'],
        ['x-forward', 'b'],
      ] as const,
    };
    const call = world.client('Probe').start('Run', ask('m', { forward }).value, { metadata });
    expect(await call.reply).toEqual({ text: 'r' });
    expect((await call.headers).get('x-reply')).toEqual(['yes']);
    const entries = ['a', 'b'].map((stringValue) => ({ key: 'x-forward', stringValue }));
    expect(actionsFor('meta')).toEqual([actionCommand(forward, { entries })]);
  });

  test('may lead to another one, and to oneself; a failure at its end is the caller’s', async () => {
    const last = { fail: 'at the end' };
    const chain = {
      forward: action('chain', { forward: value('chain v', { forward: { ...value('chain', last), to: 'Probe' } }) }),
    };
    await expect(world.run('Probe', 'chain', chain)).rejects.toMatchObject({ code: 2, details: 'at the end' });
    expect(world.lives('chain')).toEqual([[init('chain'), command(1, 'chain', chain), command(2, 'chain', last)]]);
  });

  test.each([
    ['a service that is none', { to: 'Nowhere', command: 'Run' }, 'Service [stategate.test.Nowhere] unknown'],
    [
      'a command that is none',
      { to: 'ProbeValue', command: 'Nothing' },
      'Service [stategate.test.ProbeValue] does not have a command named: [Nothing]',
    ],
  ])('to %s fails that call only, and the user function is told', async (_, to, text) => {
    const forward = { ...value('x', {}), ...to };
    const details = `${text}\n  forwarded from stategate.test.Probe.Run`;
    await expect(world.run('Probe', 'lost', { forward })).rejects.toMatchObject({
      code: grpcStatus.UNIMPLEMENTED,
      details,
    });
    await eventually(() => world.userFunction.reported.includes(details));
    expect(await world.run('Probe', 'lost', {})).toBe('ok');
  });
});

describe('side effects', () => {
  test.each(ENTITIES)(
    'of %s, synchronous: in their order, each after the one before, all before the reply',
    async (service) => {
      const id = `s ${service}`;
      const effects = [
        { ...value(`${id} 1`, { afterMs: 100 }), synchronous: true },
        { ...action(`${id} 2`, { afterMs: 50 }), synchronous: true },
        { ...value(`${id} 1`, { reply: 'third' }), synchronous: true },
      ];
      expect(await world.run(service, id, { reply: 'done', effects })).toBe('done');
      const all = world.received.all.filter(
        ({ from, what }) => from.startsWith(id) || (from === 'action' && actionsFor(`${id} 2`).includes(what)),
      );
      expect(all.slice(1).map(({ what }) => what)).toEqual([
        command(1, id, { reply: 'done', effects }),
        valueInit(`${id} 1`),
        command(1, `${id} 1`, { afterMs: 100 }),
        actionCommand(action(`${id} 2`, { afterMs: 50 })),
        command(2, `${id} 1`, { reply: 'third' }),
      ]);
    },
  );

  test('asynchronous ones are not waited for', async () => {
    const effects = [value('late', { afterMs: 3_000 }), action('late too', { afterMs: 3_000 })];
    const started = performance.now();
    expect(await world.run('Probe', 'a', { reply: 'at once', effects })).toBe('at once');
    expect(performance.now() - started).toBeLessThan(2_500);
    await eventually(() => world.lives('late').length === 1 && actionsFor('late too').length === 1);
  });

  test.each(ENTITIES)('on the %s itself do not block it, synchronous or not', async (service) => {
    const id = `self ${service}`;
    const own = (synchronous: boolean) => ({ to: service, id, order: { reply: 'own' }, synchronous });
    const order: Order = { reply: 'done', events: ['e'], effects: [own(true), own(false), own(true)] };
    const answers = await Promise.all([order, { reply: 'next' }, order].map((each) => world.run(service, id, each)));
    expect(answers).toEqual(['done', 'next', 'done']);
    // The other way round it would be a loop: what an effect does has none of its own.
    await eventually(() => world.lives(id)[0]?.length === 1 + 3 + 6);
  });

  test.each<[string, Order]>([
    ['a failure', { fail: 'of the effect' }],
    ['a broken stream', { stream: 'failure' }],
  ])('what a synchronous one answers is of no interest: %s', async (what, order) => {
    const effects = [{ ...value(what, order), synchronous: true }];
    expect(await world.run('Probe', 'ignores', { reply: 'fine', effects })).toBe('fine');
  });

  test.each<[string, Order]>([
    ['fails', { fail: 'no' }],
    ['has no answer', { reply: null }],
    ['forwards', { forward: action('after', {}) }],
  ])('are carried out when the command %s', async (what, order) => {
    const effects = [{ ...value(`of ${what}`, {}), synchronous: true }];
    await world.run('Probe', `which ${what}`, { ...order, effects }).catch(() => undefined);
    expect(world.lives(`of ${what}`)).toHaveLength(1);
  });

  test('of an action and of an effect are carried out, too', async () => {
    const inner = { effects: [{ ...value('inner', {}), synchronous: true }] };
    const effects = [{ ...action('outer', inner), synchronous: true }];
    expect(await world.run('ProbeAction', 'effects', { reply: 'all done', effects })).toBe('all done');
    expect(world.lives('inner')).toHaveLength(1);
  });

  test('to nowhere: synchronous, the call fails; asynchronous, only the user function is told', async () => {
    const nowhere = { to: 'Gone', id: 'x', order: {} };
    const message = 'Service [stategate.test.Gone] unknown\n  side-effect of stategate.test.Probe.Run';
    expect(await world.run('Probe', 'n', { reply: 'sent', effects: [nowhere] })).toBe('sent');
    await eventually(() => world.userFunction.reported.includes(message));
    const failed = world.run('Probe', 'n', { effects: [{ ...nowhere, synchronous: true }] });
    await expect(failed).rejects.toMatchObject({ code: grpcStatus.UNIMPLEMENTED, details: message });
  });
});

test('nothing is forwarded and no effect is begun when the events could not be stored', async () => {
  await using full = await ProtocolWorld.start({ settings: { 'store.config.maxBytes': 65_536 } });
  const order = { forward: value('f', {}), effects: [value('s', {}), { ...value('s', {}), synchronous: true }] };
  const failed = full.run('Probe', 'e', { ...order, events: ['x'.repeat(100_000)] });
  await expect(failed).rejects.toMatchObject({ code: grpcStatus.RESOURCE_EXHAUSTED });
  await expect(full.run('Probe', 'e', order)).resolves.toBe('ok');
  expect(full.received.all.map(({ from }) => from)).toEqual(['e', 'e', 'e', 'e', 'e', 's', 's', 's', 'f', 'f']);
});
