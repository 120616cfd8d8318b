import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bare,
  type EntityEffect,
  type EntityInput,
  type EntityState,
  type EntityTexts,
  transition,
} from '../../../../src/proxy/entities/machine.ts';
import { Code, OK } from '../../../../src/proxy/transport/call.ts';

const texts: EntityTexts = {
  reply: 'bad reply',
  failure: 'bad failure',
  message: 'bad message',
  termination: 'gone',
  stashed: 'terminated',
};
const lost = { code: Code.UNAVAILABLE, message: 'connection lost' } as const;

function run(...inputs: readonly EntityInput[]): { state: EntityState; effects: readonly EntityEffect[] } {
  let state: EntityState = { phase: 'recovering' };
  let effects: readonly EntityEffect[] = [];
  for (const input of inputs) [state, effects] = transition(texts, state, input);
  return { state, effects };
}

const recovered = (waiting: boolean): EntityInput => ({ type: 'recovered', waiting });
const reply = (
  commandId: number,
  facts: Partial<{ writes: boolean; restart: boolean; waiting: boolean }> = {},
): EntityInput => ({
  type: 'replyReceived',
  reply: { commandId, writes: facts.writes ?? false, restart: facts.restart ?? false },
  waiting: facts.waiting ?? false,
});

describe('one command at a time', () => {
  test('a command that waits during the recovery is sent with id 1', () => {
    expect(run(recovered(true)).effects).toEqual([{ type: 'sendCommand', commandId: 1 }]);
  });

  test('a command that comes to an idle entity is sent with the next id', () => {
    expect(run(recovered(true), reply(1), { type: 'commandStashed' }).effects).toEqual([
      { type: 'sendCommand', commandId: 2 },
    ]);
  });

  test('a reply without anything to store is delivered at once, then the next command goes out', () => {
    expect(run(recovered(true), reply(1, { waiting: true })).effects).toEqual([
      { type: 'deliver' },
      { type: 'sendCommand', commandId: 2 },
    ]);
  });

  test('a reply with something to store is delivered only when that is durable', () => {
    expect(run(recovered(true), reply(1, { writes: true })).effects).toEqual([{ type: 'persist' }]);
    expect(run(recovered(true), reply(1, { writes: true }), { type: 'persisted', waiting: false })).toEqual({
      state: { phase: 'idle', lastId: 1 },
      effects: [{ type: 'deliver' }],
    });
  });

  test('a failed write fails the command with its own status and ends the entity', () => {
    const status = { code: Code.ABORTED, message: 'SequenceConflict: …' } as const;
    const { state, effects } = run(recovered(true), reply(1, { writes: true }), {
      type: 'persistFailed',
      status,
      details: 'd',
    });
    expect(state).toEqual({ phase: 'closing', next: 'end' });
    expect(effects).toEqual([
      { type: 'failCurrent', status },
      { type: 'failStashed', status: bare('terminated') },
      { type: 'log', text: 'write failed', details: 'd' },
      { type: 'halfClose' },
    ]);
  });

  test('restart delivers the failure, closes in good order, and opens again before any command', () => {
    expect(run(recovered(true), reply(1, { writes: true, restart: true })).effects).toEqual([
      { type: 'deliver' },
      { type: 'halfClose' },
    ]);
    const reopened = run(recovered(true), reply(1, { restart: true }), {
      type: 'streamEnded',
      status: OK,
      waiting: false,
    });
    expect(reopened).toEqual({ state: { phase: 'recovering' }, effects: [{ type: 'reopen' }] });
  });
});

describe('what the user function does wrong', () => {
  test.each<[string, readonly EntityInput[], string, string]>([
    ['a reply to nothing', [recovered(false), reply(1)], 'bad reply', '(no current command)'],
    ['a reply to another command', [recovered(true), reply(7)], 'bad reply', '(expected id 1 but got 7)'],
    [
      'a second reply while the first is stored',
      [recovered(true), reply(1, { writes: true }), reply(1)],
      'bad reply',
      '(no current command)',
    ],
    ['a reply during the recovery', [reply(1)], 'bad reply', '(no current command)'],
    [
      'a failure of no command',
      [recovered(true), { type: 'failureReceived', commandId: 0, description: 'd' }],
      'bad failure',
      '(not command specific) - d',
    ],
    [
      'a failure of another',
      [recovered(true), { type: 'failureReceived', commandId: 7, description: 'd' }],
      'bad failure',
      '(expected id 1 but got 7) - d',
    ],
    [
      'a failure of nothing',
      [recovered(false), { type: 'failureReceived', commandId: 1, description: 'd' }],
      'bad failure',
      '(no current command) - d',
    ],
    [
      'a failure of its command',
      [recovered(true), { type: 'failureReceived', commandId: 1, description: 'd' }],
      'bad failure',
      'd',
    ],
    ['an empty message', [recovered(true), { type: 'unknownReceived', details: 'empty' }], 'bad message', 'empty'],
  ])('%s crashes the entity with the fixed texts', (_, inputs, text, details) => {
    const { state, effects } = run(...inputs);
    expect(state).toEqual({ phase: 'closing', next: 'end' });
    expect(effects).toEqual([
      { type: 'failCurrent', status: { code: Code.UNKNOWN, message: text, bare: true } },
      { type: 'failStashed', status: { code: Code.UNKNOWN, message: 'terminated', bare: true } },
      { type: 'log', text, details },
      { type: 'halfClose' },
    ]);
  });

  test('a stream that ends in the middle of a command fails it at once', () => {
    const { state, effects } = run(recovered(true), { type: 'streamEnded', status: lost, waiting: true });
    expect(state).toEqual({ phase: 'ended' });
    expect(effects.map(({ type }) => type)).toEqual(['failCurrent', 'failStashed', 'log', 'end']);
  });

  test('a user function that cannot be reached is UNAVAILABLE to everybody who waits', () => {
    const { effects } = run({ type: 'streamEnded', status: lost, waiting: true });
    expect(effects[1]).toEqual({
      type: 'failStashed',
      status: { code: Code.UNAVAILABLE, message: 'the user function cannot be reached: connection lost' },
    });
  });

  test('a command without an answer ends as DEADLINE_EXCEEDED and the stream is cancelled', () => {
    const { effects } = run(recovered(true), { type: 'commandTimedOut', timeoutMs: 30_000 });
    expect(effects[0]).toMatchObject({ type: 'failCurrent', status: { code: Code.DEADLINE_EXCEEDED } });
    expect(effects.at(-1)).toEqual({ type: 'cancel' });
  });
});

test('an entity whose process lost it does not open again after a restart', () => {
  const ended = run(
    recovered(true),
    reply(1, { restart: true }),
    { type: 'ownershipLost', status: lost },
    { type: 'streamEnded', status: OK, waiting: true },
  );
  expect(ended).toEqual({ state: { phase: 'ended' }, effects: [{ type: 'end' }] });
});

describe('passivation', () => {
  test('an idle entity half-closes and is gone when the user function has closed too', () => {
    expect(run(recovered(false), { type: 'idleTimedOut' }).effects).toEqual([{ type: 'halfClose' }]);
    expect(
      run(recovered(false), { type: 'idleTimedOut' }, { type: 'streamEnded', status: OK, waiting: true }).effects,
    ).toEqual([{ type: 'end' }]);
  });

  test('a busy entity is left alone', () => {
    expect(run(recovered(true), { type: 'idleTimedOut' })).toEqual({
      state: { phase: 'handling', commandId: 1 },
      effects: [],
    });
  });
});

test('whatever comes in whatever order: a command is delivered or failed exactly once, and nothing follows the end', () => {
  const status = { code: Code.UNAVAILABLE, message: 's' } as const;
  const input = fc.oneof(
    fc.constant<EntityInput>({ type: 'commandStashed' }),
    fc.record({ type: fc.constant('recovered' as const), waiting: fc.boolean() }),
    fc.record({ type: fc.constant('recoveryFailed' as const), status: fc.constant(status), details: fc.constant('') }),
    fc.record({
      type: fc.constant('replyReceived' as const),
      reply: fc.record({ commandId: fc.nat(4), writes: fc.boolean(), restart: fc.boolean() }),
      waiting: fc.boolean(),
    }),
    fc.record({ type: fc.constant('persisted' as const), waiting: fc.boolean() }),
    fc.record({ type: fc.constant('persistFailed' as const), status: fc.constant(status), details: fc.constant('') }),
    fc.record({ type: fc.constant('failureReceived' as const), commandId: fc.nat(4), description: fc.constant('') }),
    fc.record({ type: fc.constant('unknownReceived' as const), details: fc.constant('') }),
    fc.record({
      type: fc.constant('streamEnded' as const),
      status: fc.constantFrom(OK, status),
      waiting: fc.boolean(),
    }),
    fc.constant<EntityInput>({ type: 'commandTimedOut', timeoutMs: 1 }),
    fc.constant<EntityInput>({ type: 'idleTimedOut' }),
    fc.constant<EntityInput>({ type: 'ownershipLost', status }),
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
      let state: EntityState = { phase: 'recovering' };
      let open = 0;
      let writing = false;
      let over = false;
      for (const each of inputs) {
        // The shell reports the end of a write only while one is under way.
        if ((each.type === 'persisted' || each.type === 'persistFailed') && !writing) continue;
        const [next, effects] = transition(texts, state, each);
        if (each.type === 'persisted' || each.type === 'persistFailed') writing = false;
        expect(over && effects.length > 0).toBe(false);
        for (const effect of effects) {
          if (effect.type === 'sendCommand') open += 1;
          if (effect.type === 'deliver') open -= 1;
          if (effect.type === 'failCurrent') open = 0;
          if (effect.type === 'persist') writing = true;
          if (effect.type === 'end') over = true;
          expect(open).toBeGreaterThanOrEqual(0);
          expect(open).toBeLessThanOrEqual(1);
        }
        state = next;
        if (state.phase === 'idle' || state.phase === 'closing' || state.phase === 'ended') expect(open).toBe(0);
      }
    }),
    { numRuns: 2_000 },
  );
});
