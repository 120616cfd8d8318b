import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ENTITIES, expected, ProtocolWorld } from '../support/protocol-world.ts';

const { command } = expected;

describe.each(ENTITIES)('the idle time of an entity (%s)', (service) => {
  const init = service === 'Probe' ? expected.init('e') : expected.valueInit('e');

  test('ends with a half-close and nothing else; the next command opens a new stream', async () => {
    await using world = await ProtocolWorld.start({ passivationMs: 100 });
    await world.live(service, 'e', [{}], [{}]);
    const life = [init, command(1, 'e', {}), 'half-close'];
    expect(world.lives('e')).toEqual([life, life]);
  });

  test('is what the configuration says when the user function says nothing', async () => {
    await using world = await ProtocolWorld.start({ settings: { 'entities.passivationTimeout': '100ms' } });
    await world.live(service, 'e', [{}]);
    expect(world.lives('e')).toEqual([[init, command(1, 'e', {}), 'half-close']]);
  });

  test('begins anew with all traffic, and a running command is not idle', async () => {
    await using world = await ProtocolWorld.start({ passivationMs: 600 });
    for (let i = 0; i < 10; i++) {
      await world.run(service, 'e', {});
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await world.run(service, 'e', { afterMs: 1_000 });
    expect(world.lives('e').map((life) => life.length)).toEqual([12]);
    expect(world.lives('e')[0]?.at(-1)).not.toBe('half-close');
  });

  test('commands that come while the user function closes its side are kept, and served in order by the next life', async () => {
    await using world = await ProtocolWorld.start({ passivationMs: 100, closesAfterMs: 300 });
    await world.live(service, 'e', [{}]);
    const orders = ['a', 'b', 'c'].map((reply) => ({ reply }));
    expect(await Promise.all(orders.map((order) => world.run(service, 'e', order)))).toEqual(['a', 'b', 'c']);
    expect(world.lives('e').map((life) => life.filter((what) => what !== 'half-close'))).toEqual([
      [init, command(1, 'e', {})],
      [init, ...orders.map((order, i) => command(i + 1, 'e', order))],
    ]);
  });

  test('a user function that never closes its side is cancelled after the grace, and its entity lives again', async () => {
    const settings = { 'userFunction.closeGrace': '200ms' };
    await using world = await ProtocolWorld.start({ passivationMs: 100, closesAfterMs: 'never', settings });
    await world.live(service, 'e', [{}]);
    expect(await world.run(service, 'e', { reply: 'kept' })).toBe('kept');
    const [first, second] = await eventually(() => {
      const lives = world.lives('e');
      return lives[1]?.at(-1) === 'cancelled' ? lives : undefined;
    });
    expect(first).toEqual([init, command(1, 'e', {}), 'half-close', 'cancelled']);
    expect(second).toEqual([init, command(1, 'e', { reply: 'kept' }), 'half-close', 'cancelled']);
  });
});

test('when the heap is nearly full, entities leave it before their time, those first that were idle longest; who works stays', async () => {
  await using world = await ProtocolWorld.start({ settings: { 'entities.maxHeap': '0' } });
  const working = world.run('Probe', 'works', { afterMs: 2_500 });
  for (const id of ['a', 'b', 'c', 'a']) await world.run('Probe', id, {});
  const left: string[] = [];
  await eventually(() => {
    for (const id of ['a', 'b', 'c'])
      if (!left.includes(id) && world.lives(id)[0]?.at(-1) === 'half-close') left.push(id);
    return left.length === 3;
  });
  expect(left).toEqual(['b', 'c', 'a']);
  await working;
  expect(world.lives('works')).toHaveLength(1);
});
