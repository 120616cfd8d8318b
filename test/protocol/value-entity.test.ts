import { status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from '../support/model-function.ts';
import { expected, outcomeOf, ProtocolWorld, type WorldOptions } from '../support/protocol-world.ts';
import { tempDir } from '../support/temp-dir.ts';

const { valueInit, command } = expected;
const update = (text: string): Order => ({ reply: text, state: { update: text } });
const remove: Order = { reply: '', state: 'delete' };

test('one life takes all changes; the state comes with init only, and its wrapper is there without a state too', async () => {
  await using world = await ProtocolWorld.start();
  const orders = [{}, update('one'), update('two'), {}, remove, {}, update('foo'), remove];
  const replies: unknown[] = [];
  for (const order of orders) replies.push(await world.run('ProbeValue', 'e', order));
  expect(replies).toEqual(['ok', 'one', 'two', 'ok', '', 'ok', 'foo', '']);
  expect(world.lives('e')).toEqual([[valueInit('e'), ...orders.map((order, i) => command(i + 1, 'e', order))]]);
});

describe.each(['inmemory', 'sqlite'])('what is stored (%s)', (store) => {
  const dir = tempDir();
  let world: ProtocolWorld;
  beforeAll(async () => {
    const settings = { store: store === 'sqlite' ? `sqlite:${dir.file('state.db')}` : store };
    world = await ProtocolWorld.start({ passivationMs: 100, settings });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    dir[Symbol.dispose]();
  });

  test.each<[string, readonly Order[], string | undefined]>([
    ['nothing when nothing was done', [{}], undefined],
    ['an update', [update('a')], 'a'],
    ['the last of several updates', [update('a'), update('b'), {}], 'b'],
    ['nothing after a delete', [update('a'), remove], undefined],
    ['nothing after a delete of nothing', [remove], undefined],
    ['an update after a delete', [update('a'), remove, update('b')], 'b'],
    ['the update of a command that failed', [update('a'), { fail: 'no', state: { update: 'b' } }], 'b'],
    ['nothing after the delete of a command that failed', [update('a'), { fail: 'no', state: 'delete' }], undefined],
    [
      'the update of a command that forwards',
      [{ forward: { to: 'ProbeAction', id: 'a', order: {} }, state: { update: 'f' } }],
      'f',
    ],
    ['the update of a command without an answer', [{ reply: null, state: { update: 'n' } }], 'n'],
    [
      'the update of a failure that asks for a restart, which has no meaning here',
      [update('a'), { fail: 'no', restart: true, state: { update: 'b' } }, {}],
      'b',
    ],
  ])('%s', async (id, orders, state) => {
    const all = [...orders, {}];
    expect(await world.live('ProbeValue', id, orders, [{}])).toEqual(all.map(outcomeOf));
    expect(world.lives(id)).toEqual([
      [valueInit(id), ...orders.map((order, i) => command(i + 1, id, order)), 'half-close'],
      [valueInit(id, state), command(1, id, {}), 'half-close'],
    ]);
  });

  test.each(['nothing', 'unset'] as const)(
    'a state action that is %s breaks the protocol, and changes nothing',
    async (state) => {
      await world.live('ProbeValue', state, [update('before')]);
      const broken = await world.run('ProbeValue', state, { state }).catch((error: unknown) => error);
      expect(broken).toMatchObject({ code: grpcStatus.UNKNOWN, details: 'Unexpected Value entity failure' });
      await world.live('ProbeValue', state, [{}]);
      expect(world.lives(state).slice(1)).toEqual([
        [valueInit(state, 'before'), command(1, state, { state }), 'half-close'],
        [valueInit(state, 'before'), command(1, state, {}), 'half-close'],
      ]);
    },
  );
});

test('the next proxy finds what the one before has stored', async () => {
  using dir = tempDir();
  const options: WorldOptions = { settings: { store: `sqlite:${dir.file('state.db')}` } };
  {
    await using world = await ProtocolWorld.start(options);
    await world.run('ProbeValue', 'e', update('kept'));
    await world.run('Probe', 'e', { events: ['of another entity'] });
  }
  await using world = await ProtocolWorld.start(options);
  await world.run('ProbeValue', 'e', {});
  expect(world.lives('e')).toEqual([[valueInit('e', 'kept'), command(1, 'e', {})]]);
});
