import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Order } from '../support/model-function.ts';
import { expected, ProtocolWorld } from '../support/protocol-world.ts';

const { init, event, command } = expected;
const keep = (text: string): Order => ({ reply: text, events: [text] });
const restart: Order = { events: ['lost', 'too'], snapshot: 'lost', fail: 'emit then fail', restart: true };

describe('a failure that asks for a restart', () => {
  test('is told to the caller; its events are gone; the entity is opened again before anybody asks', async () => {
    await using world = await ProtocolWorld.start();
    await world.run('Probe', 'e', keep('a'));
    await world.run('Probe', 'e', keep('b'));
    await expect(world.run('Probe', 'e', restart)).rejects.toMatchObject({ code: 2, details: 'emit then fail' });
    const opened = [init('e'), event(1, 'a'), event(2, 'b')];
    await eventually(() => world.lives('e')[1]?.length === opened.length);
    expect(world.lives('e')).toEqual([
      [init('e'), command(1, 'e', keep('a')), command(2, 'e', keep('b')), command(3, 'e', restart), 'half-close'],
      opened,
    ]);
    expect(await world.run('Probe', 'e', keep('c'))).toBe('c');
    expect(world.lives('e')[1]).toEqual([...opened, command(1, 'e', keep('c'))]);
  });

  test('lets the commands behind it go on in their order, on the new stream', async () => {
    await using world = await ProtocolWorld.start();
    await world.run('Probe', 'e', keep('a'));
    const slowly = { ...restart, afterMs: 150 };
    const behind = ['b', 'c', 'd'].map(keep);
    const [failed, ...answers] = await Promise.allSettled(
      [slowly, ...behind].map((order) => world.run('Probe', 'e', order)),
    );
    expect(failed).toMatchObject({ status: 'rejected', reason: { details: 'emit then fail' } });
    expect(answers).toEqual(['b', 'c', 'd'].map((value) => ({ status: 'fulfilled', value })));
    expect(world.lives('e')).toEqual([
      [init('e'), command(1, 'e', keep('a')), command(2, 'e', slowly), 'half-close'],
      [init('e'), event(1, 'a'), ...behind.map((order, i) => command(i + 1, 'e', order))],
    ]);
  });

  test('may follow another one, and a snapshot', async () => {
    await using world = await ProtocolWorld.start();
    await world.run('Probe', 'e', { events: ['a', 'b'], snapshot: 'ab' });
    await Promise.allSettled(
      [restart, restart, keep('c'), restart, keep('d')].map((order) => world.run('Probe', 'e', order)),
    );
    const again = init('e', { sequence: 2, text: 'ab' });
    expect(world.lives('e').slice(1)).toEqual([
      [again, command(1, 'e', restart), 'half-close'],
      [again, command(1, 'e', keep('c')), command(2, 'e', restart), 'half-close'],
      [again, event(3, 'c'), command(1, 'e', keep('d'))],
    ]);
  });

  test('waits for the user function to close its side; commands that come meanwhile are kept', async () => {
    await using world = await ProtocolWorld.start({ closesAfterMs: 300 });
    await world.run('Probe', 'e', restart).catch(() => undefined);
    await eventually(() => world.lives('e')[0]?.at(-1) === 'half-close');
    const answers = ['b', 'c'].map((text) => world.run('Probe', 'e', keep(text)));
    expect(world.lives('e')).toHaveLength(1);
    expect(await Promise.all(answers)).toEqual(['b', 'c']);
    expect(world.lives('e')[1]).toEqual([init('e'), command(1, 'e', keep('b')), command(2, 'e', keep('c'))]);
  });

  test('does not wait longer than the grace for a user function that never closes', async () => {
    const settings = { 'userFunction.closeGrace': '200ms' };
    await using world = await ProtocolWorld.start({ closesAfterMs: 'never', settings });
    await world.run('Probe', 'e', restart).catch(() => undefined);
    expect(await world.run('Probe', 'e', keep('b'))).toBe('b');
    expect(world.lives('e')).toEqual([
      [init('e'), command(1, 'e', restart), 'half-close', 'cancelled'],
      [init('e'), command(1, 'e', keep('b'))],
    ]);
  });
});
