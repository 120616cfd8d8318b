import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakOff, CrdtWorld, increment, init, streamed, textOf, watching } from '../support/crdt-world.ts';
import { eventually } from '../support/eventually.ts';

let world: CrdtWorld;
beforeAll(async () => {
  world = await CrdtWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('streamed calls', () => {
  test('take messages until the user function ends them; of a call that has ended nothing is told', async () => {
    const { line, streams } = await watching(world, 'ends', 2);
    const [one, two] = streams;
    if (one === undefined || two === undefined) throw new Error('no streams');
    line.message(2, 'b');
    line.message(1, 'a');
    line.message(1, 'last', true);
    line.message(1, 'after the last');
    expect([await textOf(one), await textOf(one), await textOf(one)]).toEqual(['a', 'last', undefined]);
    expect(await one.status).toMatchObject({ code: 0 });
    expect(await textOf(two)).toBe('b');
    await eventually(() => world.userFunction.reported.includes('Received streamed message for unknown command id: 1'));
    two.cancel();
    await line.at(3);
    expect(line.story).toEqual(['command 1', 'command 2', 'cancel 2']);
  });

  test('one reply without `streamed` is the only one', async () => {
    const stream = world.watch('only');
    const line = await world.line('only');
    await line.at(1);
    line.reply(1, 'only');
    expect([await textOf(stream), await textOf(stream)]).toEqual(['only', undefined]);
    expect(await stream.status).toMatchObject({ code: 0 });
    expect(await line.settled()).toHaveLength(2);
  });

  test.each(['before the reply', 'after the reply'] as const)(
    'a caller that goes %s is told once, and what it leaves behind counts',
    async (when) => {
      const id = `gone ${when}`;
      const stream = world.watch(id);
      const line = await world.line(id);
      await line.at(1);
      if (when === 'before the reply') stream.cancel();
      await line.settled();
      line.reply(1, 'first', { streamed: true, ...increment(1) });
      if (when === 'after the reply') {
        expect(await textOf(stream)).toBe('first');
        stream.cancel();
      }
      await line.at(2);
      line.cancelled(1, increment(2));
      await line.settled();
      expect(line.story).toEqual(['command 1', 'cancel 1']);
      await breakOff(line, world);
      void world.run(id);
      const next = await world.line(id, 1);
      expect(next.received[0]).toEqual(init(id, { gcounter: { increment: 3 } }));
      next.end();
    },
  );

  test('a failure in a message ends the call, and the user function is told', async () => {
    const { line, streams } = await watching(world, 'fails');
    line.send({ streamedMessage: { commandId: 1, clientAction: { failure: { description: 'no more' } } } });
    expect(await streams[0]?.status).toMatchObject({ code: 2, details: 'no more' });
    await line.at(2);
    expect(line.story).toEqual(['command 1', 'cancel 1']);
    line.cancelled(1);
  });

  test.each([
    ['', { passivationMs: 150 }, 500],
    [', also when the heap is nearly full', { settings: { 'entities.maxHeap': '0' } }, 1_500],
  ])('keep an entity alive; it passivates after the last, and only then%s', async (_, options, longerMs) => {
    await using short = await CrdtWorld.start(options);
    const stream = short.watch('e');
    const line = await short.line('e');
    await line.at(1);
    line.reply(1, 'first', streamed);
    expect(await textOf(stream)).toBe('first');
    await new Promise((resolve) => setTimeout(resolve, longerMs));
    expect(line.story).toEqual(['command 1']);
    stream.cancel();
    await line.at(2);
    line.cancelled(1);
    await line.at(3);
    expect(line.story).toEqual(['command 1', 'cancel 1', 'half-close']);
  });

  test('a cancellation that is never answered holds nothing up for ever', async () => {
    await using impatient = await CrdtWorld.start({
      passivationMs: 100,
      settings: { 'userFunction.commandTimeout': '300ms' },
    });
    const stream = impatient.watch('e');
    const line = await impatient.line('e');
    await line.at(1);
    line.reply(1, 'first', streamed);
    expect(await textOf(stream)).toBe('first');
    stream.cancel();
    await line.at(3);
    expect(line.story).toEqual(['command 1', 'cancel 1', 'half-close']);
  });

  test('are completed when the proxy stops, and the user function may do its last changes', async () => {
    const stopping = await CrdtWorld.start();
    const stream = stopping.watch('e');
    const line = await stopping.line('e');
    await line.at(1);
    line.reply(1, 'first', streamed);
    expect(await textOf(stream)).toBe('first');
    const stopped = stopping.proxy[Symbol.asyncDispose]();
    await line.at(2);
    line.cancelled(1, increment(1));
    await stopped;
    expect(await stream.status).toMatchObject({ code: 0 });
    expect(line.story).toEqual(['command 1', 'cancel 1', 'half-close']);
    await stopping[Symbol.asyncDispose]();
  });
});
