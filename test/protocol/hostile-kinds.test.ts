// What only entities of one kind, and actions, may do wrong, and exactly what becomes of it.
import type { cloudstate } from '@stategate/protocol';
import protobufjs from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { type HostileScript, judge, type Turn } from '../support/hostile-function.ts';
import type { Expected } from '../support/ordeal.ts';
import { crashed, crashedAfter, failed, fine, refused, timedOut } from '../support/outcomes.ts';
import { answer, ask, kept } from '../support/probe-messages.ts';

type EventSourcedTurn = Turn<cloudstate.eventsourced.EventSourcedStreamOut.$Properties>;
type ValueTurn = Turn<cloudstate.valueentity.ValueEntityStreamOut.$Properties>;
type CrdtTurn = Turn<cloudstate.crdt.CrdtStreamOut.$Properties>;
type Row<Does> = readonly [what: string, does: Does, expected: Expected];

describe('an event sourced entity that', () => {
  /** Keeps what `reply` says and ends its stream, so that the next command shows what is replayed. */
  const keeps = (reply: cloudstate.eventsourced.EventSourcedReply.$Properties) => (turn: EventSourcedTurn) => {
    turn.send({ reply: { ...turn.reply(), ...reply } });
    turn.raw.end();
  };
  const TOO_MANY = '100000 events in one append, the limit is 10000';
  const ended = crashedAfter('Unexpected entity termination', 'OK');

  test.each<readonly [...Row<(turn: EventSourcedTurn) => void>, replayed: number]>([
    ['offers a snapshot of nothing', keeps({ snapshot: kept('s') }), ended, 0],
    ['keeps an event without a type', keeps({ events: [{ ...kept('e'), typeUrl: '' }] }), ended, 1],
    ['keeps events of nothing', keeps({ events: [{}, {}] }), ended, 2],
    [
      'takes a snapshot of nothing',
      keeps({ events: [kept('e')], snapshot: {} }),
      { ...ended, settings: { 'snapshots.policy': 'always' } },
      0,
    ],
    [
      'keeps 100 000 events in one reply',
      keeps({ events: Array.from({ length: 100_000 }, () => kept('e')) }),
      {
        ...fine(`RESOURCE_EXHAUSTED BatchTooLarge: ${TOO_MANY}`),
        on: 'a new stream',
        log: [`The store failed: ${TOO_MANY}`, `write failed: StoreError: ${TOO_MANY}`],
        counted: ['calls RESOURCE_EXHAUSTED', 'failed_commands', 'failed_entities'],
      },
      0,
    ],
    [
      'keeps as many events in one reply as the store takes',
      keeps({ events: Array.from({ length: 10_000 }, () => kept('e')) }),
      ended,
      10_000,
    ],
  ])('%s', async (_, does, expected, replayed) => {
    expect(await judge('Probe', { eventSourced: does }, expected)).toBe(replayed);
  });

  test('asks for a restart and does not close its stream', async () => {
    const does = (turn: EventSourcedTurn): void =>
      turn.send({ reply: { commandId: 1, clientAction: { failure: { description: 'anew', restart: true } } } });
    const expected: Expected = {
      ...failed('UNKNOWN anew'),
      on: 'a new stream',
      counted: ['calls UNKNOWN', 'failed_commands', 'user_function_calls CANCELLED'],
    };
    await judge('Probe', { eventSourced: does, deaf: true }, expected);
  });
});

describe('a value entity that', () => {
  const acts =
    (stateAction: cloudstate.valueentity.ValueEntityAction.$Properties) =>
    (turn: ValueTurn): void =>
      turn.send({ reply: { ...turn.reply(), stateAction } });
  const invalid = crashed(
    'Unexpected Value entity failure',
    'a state action that neither updates to a value nor deletes',
  );

  test.each<Row<(turn: ValueTurn) => void>>([
    ['does nothing to its state, and says so', acts({}), invalid],
    ['updates its state to no value', acts({ update: {} }), invalid],
    ['updates its state to a value of nothing', acts({ update: { value: {} } }), fine()],
    ['deletes what is not there', acts({ delete: {} }), fine()],
    [
      'asks for a restart, which only event sourced entities can',
      (turn) => turn.send({ reply: { commandId: 1, clientAction: { failure: { description: 'no', restart: true } } } }),
      failed('UNKNOWN no'),
    ],
    ['updates its state to 8 MiB', acts({ update: { value: { typeUrl: 'x', value: Buffer.alloc(8 << 20) } } }), fine()],
  ])('%s', async (_, does, expected) => {
    await judge('ProbeValue', { value: does }, expected);
  });
});

describe('a CRDT that', () => {
  const ofLife = (text: string, details = ''): Expected => ({
    ...fine('UNKNOWN Entity terminating'),
    on: 'a new stream',
    log: [details === '' ? text : `${text}: ${details}`],
    told: [text],
    counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities', 'user_function_calls CANCELLED'],
  });
  const afterReply = (text: string): Expected => ({
    ...ofLife(text),
    caller: 'reply',
    counted: ['failed_entities', 'user_function_calls CANCELLED'],
  });
  const answers =
    (reply: cloudstate.crdt.CrdtReply.$Properties) =>
    (turn: CrdtTurn): void =>
      turn.send({ reply: { ...turn.reply(), ...reply } });
  const updates = (update: cloudstate.crdt.CrdtDelta.$Properties) => answers({ stateAction: { update } });
  const unknown = (id: number): Expected => ofLife(`Received reply for entity id bad for unknown command ${id}`);
  test.each<Row<(turn: CrdtTurn) => void>>([
    ['answers another command', answers({ commandId: 2 }), unknown(2)],
    ['answers no command', answers({ commandId: 0 }), unknown(0)],
    ['answers a negative number', answers({ commandId: -1 }), unknown(-1)],
    [
      'answers twice',
      (turn) => {
        answers({})(turn);
        answers({})(turn);
      },
      afterReply('Received reply for entity id bad for unknown command 1'),
    ],
    [
      'keeps a call open that has one reply',
      answers({ streamed: true }),
      ofLife('Streamed reply to non streamed command 1'),
    ],
    [
      'sends a message to nobody before its reply',
      (turn) => {
        turn.send({ streamedMessage: { commandId: 9 } });
        answers({})(turn);
      },
      {
        ...fine(),
        log: ['Received streamed message for unknown command id: 9'],
        told: ['Received streamed message for unknown command id: 9'],
      },
    ],
    [
      'sends messages in place of its reply',
      (turn) => {
        for (const text of ['one', 'two']) {
          const { clientAction } = turn.reply(text);
          turn.send({ streamedMessage: { commandId: 1, clientAction, endStream: text === 'two' } });
        }
      },
      fine('one'),
    ],
    [
      'answers a cancellation that is none',
      (turn) => turn.send({ streamCancelledResponse: { commandId: 1 } }),
      ofLife("Received stream cancelled response for stream that's not closing: 1"),
    ],
    ['fails its command', (turn) => turn.send({ failure: { commandId: 1, description: 'no' } }), failed('UNKNOWN no')],
    [
      'fails no command, and ends its stream',
      (turn) => {
        turn.send({ failure: { description: 'secret' } });
        turn.raw.end();
      },
      {
        ...ofLife('Unexpected entity termination due to stream closure', 'secret'),
        counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities'],
      },
    ],
    [
      'never answers',
      () => undefined,
      { ...timedOut, on: 'the same stream', log: [], counted: ['calls DEADLINE_EXCEEDED', 'failed_commands'] },
    ],
    [
      'sends an empty message',
      (turn) => turn.send(Buffer.alloc(0)),
      ofLife('Unexpected entity failure', 'empty or unknown message from entity output stream'),
    ],
    [
      'sends half a message',
      (turn) => turn.send(Buffer.from([0x0a, 9])),
      ofLife('Unexpected entity failure', 'a message that cannot be read: RangeError: index out of range'),
    ],
    [
      'does nothing to its state, and says so',
      answers({ stateAction: {} }),
      ofLife('Unexpected entity failure', 'a state action that neither updates nor deletes'),
    ],
    ['changes nothing', updates({}), ofLife('Empty delta')],
    [
      'counts a growing counter down',
      updates({ gcounter: { increment: -1n } }),
      ofLife('Cannot decrement a GCounter, requested amount was -1'),
    ],
    ['adds an element without a type', updates({ gset: { added: [{}] } }), fine()],
    ['adds 50 000 elements', updates({ orset: { added: many(50_000) } }), fine()],
    ['removes what is not there', updates({ orset: { removed: [kept('none')] } }), fine()],
    [
      'sets a register by a clock that nobody knows',
      updates({ lwwregister: { value: kept('v'), clock: 99 as never } }),
      fine(),
    ],
    [
      'wants a consistency that nobody knows',
      answers({ stateAction: { update: { flag: { value: true } }, writeConsistency: 77 as never } }),
      fine(),
    ],
    [
      'nests maps deeper than a message can be read',
      (turn) => turn.send(nestedMaps(200)),
      ofLife('Unexpected entity failure', 'a message that cannot be read: Error: max depth exceeded'),
    ],
    [
      'nests maps deeper than a state can be stored',
      (turn) => turn.send(nestedMaps(30)),
      {
        ...fine('INTERNAL max depth exceeded'),
        on: 'a new stream',
        log: ['The store failed: max depth exceeded', 'write failed: Error: max depth exceeded'],
        counted: ['calls INTERNAL', 'failed_commands', 'failed_entities', 'user_function_calls CANCELLED'],
      },
    ],
    [
      'deletes itself in its first reply',
      answers({ stateAction: { delete: {} } }),
      { ...fine(), next: 'UNKNOWN Entity deleted', counted: ['calls UNKNOWN', 'failed_commands'] },
    ],
  ])('%s', async (_, does, expected) => {
    await judge('ProbeCrdt', { crdt: does }, expected);
  });

  /** The reply to command 1 with maps in maps; whoever encodes them by the book is not let go so deep. */
  function nestedMaps(depth: number): Buffer {
    const field = (number: number, bytes: Buffer): Buffer =>
      Buffer.from(
        protobufjs.Writer.create()
          .uint32(number * 8 + 2)
          .bytes(bytes)
          .finish(),
      );
    const key = field(1, Buffer.from('0a016b', 'hex'));
    let delta: Buffer = Buffer.from('0a020802', 'hex');
    for (let n = 0; n < depth; n++) delta = field(7, field(4, Buffer.concat([key, field(2, delta)])));
    return field(1, Buffer.concat([Buffer.from([8, 1]), field(5, field(1, delta))]));
  }

  function many(count: number): { typeUrl: string; value: Buffer }[] {
    return Array.from({ length: count }, (_, n) => kept(String(n)));
  }
});

describe('an action that', () => {
  const SELF = 'stategate.test.ProbeAction';
  const broken = (code: string, message: string, atUserFunction: string): Expected => ({
    ...fine(`${code} ${message}`),
    counted: [`calls ${code}`, `user_function_calls ${atUserFunction}`],
  });
  const forward = (commandName: string, payload = ask('other', {})) => ({
    forward: { serviceName: SELF, commandName, payload },
  });

  test.each<Row<NonNullable<HostileScript['action']>>>([
    ['answers with nothing', () => ({}), fine('UNIMPLEMENTED No message received')],
    [
      'answers with what is no message',
      () => Buffer.from([0x0a, 0xff]),
      broken('UNKNOWN', "the action's answer cannot be read: RangeError: index out of range: 2 + 1 > 2", 'CANCELLED'),
    ],
    ['fails', () => ({ failure: { description: 'no' } }), { ...failed('UNKNOWN no'), counted: ['calls UNKNOWN'] }],
    ['ends with a status', () => ({ code: 7, details: 'no' }), broken('PERMISSION_DENIED', 'no', 'PERMISSION_DENIED')],
    ['ends with a status that is none', () => ({ code: 99, details: 'odd' }), broken('UNKNOWN', 'odd', 'UNKNOWN')],
    [
      'never answers',
      () => 'never',
      {
        ...broken('DEADLINE_EXCEEDED', 'no answer within 1000 ms', 'CANCELLED'),
        settings: { 'entities.relayTimeout': '1s' },
      },
    ],
    [
      'forwards to itself, for ever',
      ({ payload }) => forward('Run', { typeUrl: '', value: Buffer.from(payload?.value ?? []) }),
      refused(
        'FAILED_PRECONDITION',
        `more than 16 forwards and side effects in one command (entities.forwardMax): ${SELF}.Run${`\n  forwarded from ${SELF}.Run`.repeat(17)}`,
      ),
    ],
    ['forwards to a stream of replies', () => forward('Watch'), fine('first')],
    ['forwards to a stream of messages and replies', () => forward('Chat'), fine('first')],
    [
      'answers with more than a message may have',
      () => ({ reply: { payload: answer('x'.repeat(2 << 20)) } }),
      {
        ...broken('RESOURCE_EXHAUSTED', 'Received message larger than max (2097215 vs 1048576)', 'RESOURCE_EXHAUSTED'),
        settings: { 'api.maxMessageBytes': '1MiB' },
      },
    ],
    [
      'asks for 10 000 effects at once',
      () => ({
        reply: { payload: answer('reply') },
        sideEffects: Array.from({ length: 10_000 }, () => ({ ...forward('Run').forward, synchronous: false })),
      }),
      {
        ...fine(),
        settings: { 'entities.effectsMax': 10 },
        log: ['Side effects were dropped: too many wait'],
        counted: ['dropped_side_effects 9980'],
      },
    ],
  ])('%s', async (_, does, expected) => {
    await judge('ProbeAction', { action: does }, expected);
  });
});
