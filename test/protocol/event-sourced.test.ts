import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Order } from '../support/model-function.ts';
import { ask } from '../support/probe-messages.ts';
import { expected, outcomeOf, ProtocolWorld, type WorldOptions } from '../support/protocol-world.ts';
import { tempDir } from '../support/temp-dir.ts';

const { init, event, command } = expected;

describe('commands', () => {
  test('init comes first, ids count from 1, and a command carries its payload and nothing else', async () => {
    await using world = await ProtocolWorld.start();
    const id = 'ünï/çødé %25 \u{1f6d2}';
    expect(await world.run('Probe', id, {})).toBe('ok');
    expect(await world.run('Probe', id, { reply: 'two' })).toBe('two');
    expect(await world.run('Probe', id, { reply: '' }, 'Other')).toBe('');
    expect(world.lives(id)).toEqual([
      [init(id), command(1, id, {}), command(2, id, { reply: 'two' }), command(3, id, { reply: '' }, 'Other')],
    ]);
  });

  test('the bytes of a payload pass through untouched: order of fields, what nobody knows, what is written twice', async () => {
    await using world = await ProtocolWorld.start();
    const bytes = Buffer.from([0x9a, 0x06, 0x03, 1, 2, 3, 0x12, 1, 0x78, 0x12, 0, 0x0a, 1, 0x65, 0xf8, 0x06, 0x80, 0]);
    await world.client('Probe').start('Run', bytes).reply;
    const payload = { type_url: 'type.googleapis.com/stategate.test.Ask', value: bytes.toString('base64') };
    expect(world.lives('e')).toEqual([[init('e'), { command: { entityId: 'e', id: 1, name: 'Run', payload } }]]);
  });

  test('two hundred commands to one entity stay in order', async () => {
    await using world = await ProtocolWorld.start();
    await world.run('Probe', 'e', {});
    const orders = Array.from({ length: 200 }, (_, i) => ({ reply: String(i), events: [String(i)] }));
    const replies = await Promise.all(orders.map((order) => world.run('Probe', 'e', order)));
    expect(replies).toEqual(orders.map(({ reply }) => reply));
    expect(world.lives('e')).toEqual([
      [init('e'), command(1, 'e', {}), ...orders.map((order, i) => command(i + 2, 'e', order))],
    ]);
  });

  test('fifty entities live side by side, each on a stream of its own', async () => {
    await using world = await ProtocolWorld.start();
    const ids = Array.from({ length: 50 }, (_, i) => `e${i}`);
    const orders = ['a', 'b', 'c'].map((text) => ({ reply: text, events: [text], afterMs: 5 }));
    const replies = ids.map((id) => Promise.all(orders.map((order) => world.run('Probe', id, order))));
    expect(new Set((await Promise.all(replies)).map(String))).toEqual(new Set(['a,b,c']));
    for (const id of ids) {
      expect(world.lives(id).map((life) => life.length)).toEqual([4]);
      expect(world.lives(id)[0]?.[0]).toEqual(init(id));
    }
  });
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

  test('events are replayed in their order and with their numbers; ids begin again, numbers do not', async () => {
    const first: Order = { events: ['a', 'b'] };
    const second: Order = { events: ['c'] };
    await world.live('Probe', 'numbers', [first, {}, second], [{}, { events: ['d'] }], [{}]);
    expect(world.lives('numbers')).toEqual([
      [
        init('numbers'),
        command(1, 'numbers', first),
        command(2, 'numbers', {}),
        command(3, 'numbers', second),
        'half-close',
      ],
      [
        init('numbers'),
        ...['a', 'b', 'c'].map((text, i) => event(i + 1, text)),
        command(1, 'numbers', {}),
        command(2, 'numbers', { events: ['d'] }),
        'half-close',
      ],
      [
        init('numbers'),
        ...['a', 'b', 'c', 'd'].map((text, i) => event(i + 1, text)),
        command(1, 'numbers', {}),
        'half-close',
      ],
    ]);
  });

  test('a snapshot counts up to the last event that it came with; only later events follow it', async () => {
    const five: Order = { events: ['a', 'b', 'c', 'd', 'e'], snapshot: 'abcde' };
    await world.live(
      'Probe',
      'snapshot',
      [five, { events: ['f'] }, { events: ['g'] }],
      [{}],
      [{ events: ['h'], snapshot: 'all' }],
      [{}],
    );
    const [, second, , fourth] = world.lives('snapshot');
    expect(second).toEqual([
      init('snapshot', { sequence: 5, text: 'abcde' }),
      event(6, 'f'),
      event(7, 'g'),
      command(1, 'snapshot', {}),
      'half-close',
    ]);
    expect(fourth).toEqual([init('snapshot', { sequence: 8, text: 'all' }), command(1, 'snapshot', {}), 'half-close']);
  });

  test('a snapshot without events is ignored', async () => {
    const offer = { reply: 'r', snapshot: 's' };
    const outcomes = await world.live('Probe', 'offer', [offer, { events: ['a'] }, offer], [offer], [{}]);
    expect(outcomes).toEqual(['r', 'ok', 'r', 'r', 'ok']);
    const replayed = [init('offer'), event(1, 'a')];
    expect(world.lives('offer').slice(1)).toEqual([
      [...replayed, command(1, 'offer', offer), 'half-close'],
      [...replayed, command(1, 'offer', {}), 'half-close'],
    ]);
  });

  test.each<[string, Order, readonly object[]]>([
    ['the events of a command that fails are kept', { events: ['x', 'y'], fail: 'no' }, [event(1, 'x'), event(2, 'y')]],
    [
      'the events of a command that forwards are kept',
      { events: ['x'], forward: { to: 'ProbeAction', id: 'a', order: {} } },
      [event(1, 'x')],
    ],
    ['the events of a command without an answer are kept', { events: ['x'], reply: null }, [event(1, 'x')]],
  ])('%s', async (id, order, events) => {
    expect(await world.live('Probe', id, [order], [{}])).toEqual([outcomeOf(order), 'ok']);
    expect(world.lives(id)).toEqual([
      [init(id), command(1, id, order), 'half-close'],
      [init(id), ...events, command(1, id, {}), 'half-close'],
    ]);
  });

  test('entities share nothing, and what looks alike is not the same', async () => {
    const ids = ['a', 'ab', 'a|b', 'a-b', 'A'];
    for (const id of ids) await world.live('Probe', id, [{ events: [id] }], [{}]);
    for (const id of ids) expect(world.lives(id)[1]?.slice(0, 2)).toEqual([init(id), event(1, id)]);
  });

  test('more events than a page of the store has are replayed whole', async () => {
    const texts = Array.from({ length: 1_500 }, (_, i) => String(i));
    await world.live('Probe', 'many', [{ events: texts.slice(0, 700) }, { events: texts.slice(700) }], [{}]);
    expect(world.lives('many')[1]).toEqual([
      init('many'),
      ...texts.map((text, i) => event(i + 1, text)),
      command(1, 'many', {}),
      'half-close',
    ]);
  });
});

test('the next proxy replays what the one before has stored', async () => {
  using dir = tempDir();
  const options: WorldOptions = { settings: { store: `sqlite:${dir.file('state.db')}` } };
  {
    await using world = await ProtocolWorld.start(options);
    await world.run('Probe', 'e', { events: ['a', 'b'], snapshot: 'ab' });
    await world.run('Probe', 'e', { events: ['c'] });
  }
  await using world = await ProtocolWorld.start(options);
  await world.run('Probe', 'e', {});
  expect(world.lives('e')).toEqual([[init('e', { sequence: 2, text: 'ab' }), event(3, 'c'), command(1, 'e', {})]]);
});

test('a caller gets the bytes of a reply as they are', async () => {
  await using world = await ProtocolWorld.start();
  const value = Buffer.from([0x9a, 0x06, 0x03, 1, 2, 3, 0x0a, 0, 0x0a, 1, 0x78]);
  const payload = { typeUrl: 'type.googleapis.com/stategate.test.Answer', value: value.toString('base64') };
  const { bytes } = world.client('Probe').start('Run', ask('e', { payload }).value);
  expect(await bytes).toEqual(value);
});
