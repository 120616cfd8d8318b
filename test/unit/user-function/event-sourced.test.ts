import type { cloudstate } from '@stategate/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventModel, OTHER, other } from './model.ts';
import { any, ProxySide, read } from './proxy-side.ts';

let proxy: ProxySide;
beforeAll(async () => {
  proxy = await ProxySide.start(eventModel, other);
});
afterAll(() => proxy[Symbol.asyncDispose]());

type Out = cloudstate.eventsourced.EventSourcedStreamOut.$Properties | undefined;

/** A reply in short, only what is set. */
function reply(out: Out): object {
  if (out?.reply === null || out?.reply === undefined) throw new Error(`no reply: ${JSON.stringify(out)}`);
  const { clientAction, events, snapshot, sideEffects } = out.reply;
  const { forward, failure } = clientAction ?? {};
  return {
    ...(clientAction?.reply ? { message: read(clientAction.reply.payload)?.['Response'] } : {}),
    ...(forward ? { forward: [forward.serviceName, forward.commandName, read(forward.payload)] } : {}),
    ...(failure ? { failure: { ...failure } } : {}),
    ...(events?.length ? { events: events.map((event) => read(event)?.['Persisted']) } : {}),
    ...(snapshot ? { snapshot: read(snapshot) } : {}),
    ...(sideEffects?.length
      ? {
          effects: sideEffects.map((effect) => [
            effect.serviceName,
            effect.commandName,
            read(effect.payload),
            effect.synchronous,
          ]),
        }
      : {}),
  };
}

const put = (...values: string[]) => values.map((value) => ({ put: value }));
const message = (text: string) => ({ message: { message: text } });
const events = (...values: string[]) => ({ events: values.map((value) => ({ value })) });
const snapshot = (value: string) => ({ snapshot: { Persisted: { value } } });

describe('replies', () => {
  test('to a command without effect', async () => {
    const entity = proxy.eventSourced();
    const out = await entity.command();
    expect(out?.reply?.commandId).toBe(1);
    expect(reply(out)).toEqual(message(''));
    await entity.passivate();
  });

  test('carry the emitted events, and the state has them', async () => {
    const entity = proxy.eventSourced();
    expect(reply(await entity.command(...put('A', 'B', 'C')))).toEqual({ ...message('ABC'), ...events('A', 'B', 'C') });
    expect(reply(await entity.command())).toEqual(message('ABC'));
    await entity.passivate();
  });

  test('carry a snapshot whenever a multiple of its interval is passed', async () => {
    const entity = proxy.eventSourced();
    for (const [value, state] of [
      ['A', 'A'],
      ['B', 'AB'],
      ['C', 'ABC'],
      ['D', 'ABCD'],
    ] as const) {
      expect(reply(await entity.command(...put(value)))).toEqual({ ...message(state), ...events(value) });
    }
    expect(reply(await entity.command(...put('E')))).toEqual({
      ...message('ABCDE'),
      ...events('E'),
      ...snapshot('ABCDE'),
    });
    expect(reply(await entity.command(...put('F', 'G', 'H')))).toEqual({
      ...message('ABCDEFGH'),
      ...events('F', 'G', 'H'),
    });
    expect(reply(await entity.command(...put('I', 'J', 'K')))).toEqual({
      ...message('ABCDEFGHIJK'),
      ...events('I', 'J', 'K'),
      ...snapshot('ABCDEFGHIJK'),
    });
    expect(reply(await entity.command(...put('L')))).toEqual({ ...message('ABCDEFGHIJKL'), ...events('L') });
    await entity.passivate();
  });

  test('forward to another service, with events and a snapshot', async () => {
    const entity = proxy.eventSourced();
    await entity.command(...put('A', 'B', 'C'));
    expect(reply(await entity.command(...put('D', 'E'), { forward: 'x' }))).toEqual({
      forward: [OTHER, 'Call', { OtherRequest: { id: 'x' } }],
      ...events('D', 'E'),
      ...snapshot('ABCDE'),
    });
    await entity.passivate();
  });

  test('carry side effects in order', async () => {
    const entity = proxy.eventSourced();
    const steps = [{ effect: { id: '1' } }, { effect: { id: '2', synchronous: true } }];
    expect(reply(await entity.command(...steps))).toEqual({
      ...message(''),
      effects: [
        [OTHER, 'Call', { OtherRequest: { id: '1' } }, false],
        [OTHER, 'Call', { OtherRequest: { id: '2' } }, true],
      ],
    });
    await entity.passivate();
  });

  test('are empty where nothing is returned and the reply is Empty', async () => {
    const entity = proxy.eventSourced();
    entity.send({ command: { entityId: 'one', id: 1, name: 'Touch', payload: any('Request', {}) } });
    const out = await entity.next();
    expect(out?.reply?.clientAction?.reply?.payload?.typeUrl).toBe('type.googleapis.com/google.protobuf.Empty');
    await entity.passivate();
  });
});

describe('recovery', () => {
  test('from a snapshot and later events', async () => {
    const entity = proxy.eventSourced({
      snapshot: { snapshotSequence: 5, snapshot: any('Persisted', { value: 'ABCDE' }) },
    });
    entity.send({ event: { sequence: 6, payload: any('Persisted', { value: 'F' }) } });
    entity.send({ event: { sequence: 7, payload: any('Persisted', { value: 'G' }) } });
    expect(reply(await entity.command())).toEqual(message('ABCDEFG'));
    expect(reply(await entity.command(...put('H', 'I', 'J')))).toEqual({
      ...message('ABCDEFGHIJ'),
      ...events('H', 'I', 'J'),
      ...snapshot('ABCDEFGHIJ'),
    });
    await entity.passivate();
  });

  test('refuses an event that nobody handles', async () => {
    const entity = proxy.eventSourced();
    entity.send({ event: { sequence: 1, payload: any('OtherRequest', {}) } });
    const out = await entity.next();
    expect(out?.failure?.description).toContain('No handler for event test.model.OtherRequest');
    expect(await entity.next()).toBeUndefined();
  });

  test('refuses a snapshot of another type', async () => {
    const entity = proxy.eventSourced({ snapshot: { snapshotSequence: 5, snapshot: any('OtherRequest', {}) } });
    expect((await entity.next())?.failure?.description).toContain('Cannot read a snapshot');
    await entity.passivate();
  });
});

describe('failures of commands', () => {
  test('leave the entity as it is', async () => {
    const entity = proxy.eventSourced();
    await entity.command(...put('A'));
    expect(reply(await entity.command({ effect: { id: '1' } }, { fail: 'expected failure' }))).toEqual({
      failure: { commandId: 2, description: 'expected failure' },
    });
    expect(reply(await entity.command())).toEqual(message('A'));
    await entity.passivate();
  });

  test('after events ask for a restart, and nothing runs on the spoilt state', async () => {
    const entity = proxy.eventSourced();
    await entity.command(...put('A'));
    expect(reply(await entity.command(...put('4', '5'), { fail: 'no' }, ...put('6')))).toEqual({
      failure: { commandId: 2, description: 'no', restart: true },
    });
    const late = await entity.command();
    expect(late?.failure?.commandId).toBe(3);
    expect(await entity.next()).toBeUndefined();
  });
});

describe('failures of the stream', () => {
  test('an exception of a handler is reported with the command, logged, and ends the stream', async () => {
    const entity = proxy.eventSourced();
    const out = await entity.command({ put: 'A' }, { crash: 'boom' });
    expect(out?.reply).toBeNull();
    expect(out?.failure).toMatchObject({ commandId: 1, description: 'Unexpected failure in Process: Error: boom' });
    expect(await entity.next()).toBeUndefined();
    expect(proxy.errors.at(-1)?.message).toContain('test.model.EventModel "one" failed');
    expect(proxy.errors.at(-1)?.cause).toEqual(new Error('boom'));

    const again = proxy.eventSourced();
    expect(reply(await again.command())).toEqual(message(''));
    await again.passivate();
  });

  test.each([
    [
      'an unknown service',
      { serviceName: 'test.model.Nothing' },
      'Protocol error: Service not found: test.model.Nothing',
    ],
    ['a service of another kind', { serviceName: OTHER }, `Protocol error: Service not found: ${OTHER}`],
  ])('%s', async (_, init, description) => {
    const entity = proxy.eventSourced(init);
    expect((await entity.next())?.failure).toMatchObject({ commandId: 0, description });
    expect(await entity.next()).toBeUndefined();
  });

  test("a stream that the proxy cancels is nobody's failure", async () => {
    const errors = proxy.errors.length;
    const entity = proxy.eventSourced();
    await entity.command(...put('A'));
    entity.cancel();
    const again = proxy.eventSourced();
    expect(reply(await again.command())).toEqual(message(''));
    await again.passivate();
    expect(proxy.errors).toHaveLength(errors);
  });

  const payload = any('Request', {});
  test.each<[string, cloudstate.eventsourced.EventSourcedStreamIn.$Properties, number, string]>([
    ['a second init', { init: { serviceName: 'test.model.EventModel', entityId: 'one' } }, 0, 'already inited'],
    ['an empty message', {}, 0, 'empty/unknown message'],
    [
      'another entity',
      { command: { entityId: 'two', id: 9, name: 'Process', payload } },
      9,
      'not the intended recipient',
    ],
    ['no payload', { command: { entityId: 'one', id: 9, name: 'Process' } }, 9, 'No command payload'],
    [
      'an unknown command',
      { command: { entityId: 'one', id: 9, name: 'Proces', payload } },
      9,
      'Did you mean "Process"?',
    ],
  ])('%s', async (_, sent, commandId, description) => {
    const entity = proxy.eventSourced();
    entity.send(sent);
    const out = await entity.next();
    expect(out?.failure?.commandId ?? 0).toBe(commandId);
    expect(out?.failure?.description).toContain(description);
    expect(await entity.next()).toBeUndefined();
  });
});
