import type { cloudstate } from '@stategate/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakOff, command, CrdtWorld, increment, init, watching } from '../support/crdt-world.ts';
import { eventually } from '../support/eventually.ts';

type StreamOut = cloudstate.crdt.CrdtStreamOut.$Properties;

const remove: Partial<cloudstate.crdt.CrdtReply.$Properties> = { stateAction: { delete: {} } };

let world: CrdtWorld;
beforeAll(async () => {
  world = await CrdtWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('commands', () => {
  test('eight at once, answered out of order: everybody gets the own answer', async () => {
    const replies = Array.from({ length: 8 }, () => world.run('eight'));
    const line = await world.line('eight');
    await line.at(8);
    expect(line.received).toEqual([init('eight'), ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => command(id, 'eight'))]);
    for (const id of [5, 8, 1, 7, 2, 6, 4, 3]) line.reply(id, `answer ${id}`, id % 2 === 0 ? increment(id) : {});
    expect(await Promise.all(replies)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((id) => `answer ${id}`));
    // What the user function has changed itself it is not told.
    expect(await line.settled()).toHaveLength(9);
  });

  test('a failure of a command is told, its change is kept, and the entity lives on', async () => {
    const failed = world.run('failing');
    const line = await world.line('failing');
    await line.at(1);
    line.send({ reply: { commandId: 1, clientAction: { failure: { description: 'no' } }, ...increment(3) } });
    expect(await failed).toBe('2 no');
    const again = world.run('failing');
    await line.at(2);
    line.send({ failure: { commandId: 2, description: 'of the stream' } });
    expect(await again).toBe('2 of the stream');
    await breakOff(line, world);
    const after = world.run('failing');
    const next = await world.line('failing', 1);
    expect(await next.at(0)).toEqual(init('failing', { gcounter: { increment: 3 } }));
    await next.at(1);
    next.reply(1, 'on');
    expect(await after).toBe('on');
  });

  test('one that is never answered ends alone; a late answer still counts', async () => {
    await using impatient = await CrdtWorld.start({ settings: { 'userFunction.commandTimeout': '200ms' } });
    const [late, other] = [impatient.run('e'), impatient.run('e')];
    const line = await impatient.line('e');
    await line.at(2);
    line.reply(2, 'in time');
    expect(await other).toBe('in time');
    expect(await late).toBe('4 the user function did not answer within 200 ms (userFunction.commandTimeout)');
    line.reply(1, 'too late', increment(5));
    await breakOff(line, impatient);
    void impatient.run('e');
    expect(await (await impatient.line('e', 1)).at(0)).toEqual(init('e', { gcounter: { increment: 5 } }));
  });

  test('more than may wait are refused', async () => {
    await using small = await CrdtWorld.start({ settings: { 'entities.stashMax': 2 } });
    const replies = [1, 2, 3, 4].map(() => small.run('e'));
    const line = await small.line('e');
    await line.at(2);
    const fifth = small.run('e');
    expect(await fifth).toBe('8 2 commands already wait for this entity (entities.stashMax)');
    expect(await line.settled()).toHaveLength(3);
    for (const id of [1, 2, 3, 4]) {
      await line.at(id);
      line.reply(id, `answer ${id}`);
    }
    expect(await Promise.all(replies)).toEqual([1, 2, 3, 4].map((id) => `answer ${id}`));
  });
});

describe('what breaks the protocol ends this life: everybody is told, and the next finds all that was durable', () => {
  const terminating = '2 Entity terminating';
  const update = (delta: object): StreamOut => ({ reply: { commandId: 2, stateAction: { update: delta } } });

  test.each<[string, StreamOut | Buffer | 'end' | 'error', string]>([
    ['an empty delta', update({}), 'Empty delta'],
    ['a decrement', update({ gcounter: { increment: -2n } }), 'Cannot decrement a GCounter, requested amount was -2'],
    ['another type', update({ flag: { value: true } }), 'FlagDelta is incompatible with CRDT GCounter'],
    ['another type, in words of its own', update({ ormap: {} }), 'ORMap is incompatible with CRDT GCounter'],
    [
      'an unknown command',
      { reply: { commandId: 77 } },
      'Received reply for entity id an unknown command for unknown command 77',
    ],
    ['a stream of one reply', { reply: { commandId: 2, streamed: true } }, 'Streamed reply to non streamed command 2'],
    ['a state action without an action', { reply: { commandId: 2, stateAction: {} } }, 'Unexpected entity failure'],
    ['nothing', Buffer.alloc(0), 'Unexpected entity failure'],
    ['no message', Buffer.from([0xff, 0xff]), 'Unexpected entity failure'],
    [
      'an answer to no cancellation',
      { streamCancelledResponse: { commandId: 2 } },
      "Received stream cancelled response for stream that's not closing: 2",
    ],
    ['its end', 'end', 'Unexpected entity termination due to stream closure'],
    ['an error', 'error', 'Entity crashed'],
  ])('%s', async (id, message, text) => {
    const first = world.run(id);
    const line = await world.line(id);
    await line.at(1);
    line.reply(1, 'one', increment(1));
    expect(await first).toBe('one');
    const waiting = [world.run(id), world.run(id)];
    const stream = world.watch(id);
    await line.at(4);
    if (message === 'end') line.end();
    else if (message === 'error') line.fail();
    else line.send(message);
    expect(await Promise.all(waiting)).toEqual([terminating, terminating]);
    expect(await stream.status).toMatchObject({ code: 2, details: 'Entity terminating' });
    await eventually(() => world.userFunction.reported.includes(text), 3_000, `"${text}" among the errors reported`);
    if (message !== 'end' && message !== 'error') await eventually(() => line.received.at(-1) === 'cancelled');

    const again = world.run(id);
    const next = await world.line(id, 1);
    await next.at(1);
    expect(next.received).toEqual([init(id, { gcounter: { increment: 1 } }), command(1, id)]);
    next.reply(1, 'again');
    expect(await again).toBe('again');
  });

  test('a second reply, and a flag that goes off', async () => {
    void world.run('second');
    const line = await world.line('second');
    await line.at(1);
    line.reply(1, 'one', { stateAction: { update: { flag: { value: true } } } });
    line.reply(1, 'two');
    await eventually(() =>
      world.userFunction.reported.includes('Received reply for entity id second for unknown command 1'),
    );
    const off = world.run('second');
    const next = await world.line('second', 1);
    await next.at(1);
    next.reply(1, 'off', { stateAction: { update: { flag: { value: false } } } });
    expect(await off).toBe(terminating);
    await eventually(() => world.userFunction.reported.includes('Cannot switch off already enabled flag'));
  });
});

describe('a deleted entity', () => {
  test('refuses commands, in this life and the next, which the user function is told with nothing else', async () => {
    await using short = await CrdtWorld.start({ passivationMs: 100 });
    const first = short.run('e');
    const line = await short.line('e');
    await line.at(1);
    line.reply(1, 'gone', { ...remove });
    expect(await first).toBe('gone');
    expect(await short.run('e')).toBe('2 Entity deleted');
    expect(line.story).toEqual(['command 1', 'half-close']);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(short.lines).toHaveLength(1);
    expect(await short.run('e')).toBe('2 Entity deleted');
    await eventually(() => short.lines[1]?.received.length === 2);
    expect(short.lines[1]?.received).toEqual([{ delete: {} }, 'half-close']);
  });

  test('lets the user function answer what it was asked before; the others are told, open streams are completed', async () => {
    const { line, streams } = await watching(world, 'deleting');
    const [deleting, answered, never] = [world.run('deleting'), world.run('deleting'), world.run('deleting')];
    await line.at(4);
    line.reply(2, 'gone', remove);
    line.message(1, 'last words');
    line.reply(3, 'still', increment(1));
    // The user function closes its side by itself, after the half-close.
    expect(await Promise.all([deleting, answered, never])).toEqual(['gone', 'still', '2 Entity deleted']);
    expect(await streams[0]?.rest()).toEqual([{ text: 'last words' }]);
    expect(await streams[0]?.status).toMatchObject({ code: 0 });
  });
});

describe('the end of an idle entity', () => {
  test('comes with a half-close; the next life begins with the whole state', async () => {
    await using short = await CrdtWorld.start({ passivationMs: 100 });
    const first = short.run('e');
    const line = await short.line('e');
    await line.at(1);
    line.reply(1, 'one', increment(0));
    expect(await first).toBe('one');
    await line.at(2);
    expect(line.story).toEqual(['command 1', 'half-close']);
    void short.run('e');
    // A zero has a type all the same.
    expect(await (await short.line('e', 1)).at(0)).toEqual(init('e', { gcounter: {} }));
  });

  test('does not depend on a user function that never closes its side', async () => {
    await using deaf = await CrdtWorld.start({
      passivationMs: 100,
      closesAfterMs: Infinity,
      settings: { 'userFunction.closeGrace': '200ms' },
    });
    const first = deaf.run('e');
    const line = await deaf.line('e');
    await line.at(1);
    line.reply(1, 'one');
    expect(await first).toBe('one');
    await line.at(2);
    const again = deaf.run('e');
    const next = await deaf.line('e', 1);
    await next.at(1);
    next.reply(1, 'again');
    expect(await again).toBe('again');
    expect(line.story).toEqual(['command 1', 'half-close', 'cancelled']);
  });
});
