// What user functions on libraries of others do on the wire, each scripted after what was seen of it or is known about it.
import { basename } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { cloudstate } from '@stategate/protocol';
import { test } from 'vitest';
import { type AnyOut, type HostileScript, judge, SPEC, type Turn } from '../support/hostile-function.ts';
import type { Expected, Service } from '../support/ordeal.ts';
import { crashed, failed, fine, timedOut } from '../support/outcomes.ts';
import { answer, ask } from '../support/probe-messages.ts';

type CrdtTurn = Turn<cloudstate.crdt.CrdtStreamOut.$Properties>;
type Row = readonly [library: string, what: string, Service, HostileScript, Expected];

const SUCCESS = fine();
/** Says why on the stream, and ends it: well, or with a status. */
const failsAndEnds =
  (failure: cloudstate.Failure.$Properties, status?: number) =>
  (turn: Turn<AnyOut>): void => {
    turn.send({ failure });
    if (status === undefined) turn.raw.end();
    else setTimeout(() => turn.raw.emit('error', { code: status, details: 'aborted' }), 20);
  };
const ends =
  (code: number, details: string) =>
  (turn: Turn<AnyOut>): void =>
    void turn.raw.emit('error', { code, details });
const fails =
  (description: string, restart = false) =>
  (turn: Turn<AnyOut>): void =>
    turn.send({
      reply: { commandId: turn.commandId, clientAction: { failure: { commandId: 1, description, restart } } },
    });
const changes =
  (reply: cloudstate.crdt.CrdtReply.$Properties) =>
  (turn: CrdtTurn): void =>
    turn.send({ reply: { ...turn.reply(), ...reply } });
/** The stream ended with a status of its own. */
const also = (expected: Expected, code: string): Expected => ({
  ...expected,
  counted: [...expected.counted, `user_function_calls ${code}`],
});
const FAILURE = 'Unexpected entity failure';
const VALUE_FAILURE = 'Unexpected Value entity failure';
const crdtEnded = (text: string, details: string): Expected => ({
  ...crashed('Entity terminating', ''),
  log: [`${text}: ${details}`],
  told: [text],
});
const WRONG_TYPE =
  'Warning: stategate.test.Probe.Run: Expected reply type_url to be [type.googleapis.com/stategate.test.Answer] but was [].';

const ROWS: readonly Row[] = [
  [
    'Python',
    'is told of a mistake, and fails',
    'Probe',
    {
      eventSourced: (turn) =>
        turn.send({
          reply: { ...turn.reply(), clientAction: { reply: { payload: { ...answer('reply'), typeUrl: '' } } } },
        }),
      more: { reportError: { code: 13, details: 'Method not implemented!' } },
    },
    { ...also(SUCCESS, 'INTERNAL'), log: [WRONG_TYPE], told: [WRONG_TYPE] },
  ],
  [
    'Python',
    'fails in a printed list',
    'Probe',
    { eventSourced: fails("['negative amount']") },
    failed("UNKNOWN ['negative amount']"),
  ],
  [
    'Python',
    'raises within a command',
    'Probe',
    { eventSourced: ends(2, 'Exception iterating responses: no handler') },
    also(crashed('Unexpected entity termination', 'Exception iterating responses: no handler'), 'UNKNOWN'),
  ],
  [
    'Python',
    'says no version, no name',
    'Probe',
    { eventSourced: (turn) => turn.send({ reply: turn.reply() }), more: { spec: { ...SPEC, serviceInfo: {} } } },
    { ...SUCCESS, log: ['The user function does not say which protocol it speaks; 0.2 is assumed'] },
  ],
  [
    'Python',
    'lists its files in any order',
    'Probe',
    {
      eventSourced: (turn) => turn.send({ reply: turn.reply() }),
      more: { spec: withFiles((files) => files.toReversed()) },
    },
    SUCCESS,
  ],
  [
    'Node',
    'writes default values',
    'Probe',
    {
      eventSourced: (turn) =>
        turn.send({
          reply: {
            ...turn.reply(),
            clientAction: { reply: { payload: { ...answer('reply'), value: Buffer.from([0x0a, 0]) }, metadata: {} } },
            events: [],
            sideEffects: [],
          },
        }),
    },
    fine(''),
  ],
  [
    'Node',
    'throws within a command',
    'Probe',
    { eventSourced: failsAndEnds({ commandId: 1, description: "Error handling command 'Run': Error: boom" }) },
    crashed(FAILURE, "Error handling command 'Run': Error: boom"),
  ],
  [
    'Node',
    'breaks down',
    'Probe',
    { eventSourced: failsAndEnds({ description: 'Fatal error handling message, check user container logs.' }) },
    crashed(FAILURE, '(not command specific) - Fatal error handling message, check user container logs.'),
  ],
  [
    'Node',
    'does not know a command, and keeps its stream',
    'Probe',
    { eventSourced: (turn) => turn.send({ failure: { commandId: 1, description: 'Unknown command named Run' } }) },
    crashed(FAILURE, 'Unknown command named Run'),
  ],
  [
    'Node',
    'answers undefined',
    'Probe',
    { eventSourced: (turn) => turn.send({ reply: { commandId: 1 } }) },
    fine('UNIMPLEMENTED No message received'),
  ],
  ['Node', 'calls fail()', 'Probe', { eventSourced: fails('no') }, failed('UNKNOWN no')],
  [
    'Node',
    'breaks down in a CRDT',
    'ProbeCrdt',
    { crdt: failsAndEnds({ description: 'Fatal error handling message, check user container logs.' }) },
    crdtEnded(
      'Unexpected entity termination due to stream closure',
      'Fatal error handling message, check user container logs.',
    ),
  ],
  [
    'Node',
    'answers no command of this protocol’s CRDTs, and never ends a stream',
    'ProbeCrdt',
    { crdt: () => undefined, deaf: true },
    { ...timedOut, on: 'the same stream', log: [], counted: ['calls DEADLINE_EXCEEDED', 'failed_commands'] },
  ],
  [
    'Node',
    'sends the effects of an action without a flag, and no metadata',
    'ProbeAction',
    {
      action: () => ({
        reply: { payload: answer('reply') },
        sideEffects: [{ serviceName: 'stategate.test.ProbeAction', commandName: 'Run', payload: ask('e', {}) }],
      }),
    },
    SUCCESS,
  ],
  [
    'Node',
    'does not know an action',
    'ProbeAction',
    { action: () => ({ failure: { description: 'Service call a.B not implemented' } }) },
    { ...fine('UNKNOWN Service call a.B not implemented'), counted: ['calls UNKNOWN'] },
  ],
  [
    'Go',
    'lists its files flat and in any order',
    'Probe',
    {
      eventSourced: (turn) => turn.send({ reply: turn.reply() }),
      more: { spec: withFiles((files) => files.toReversed(), basename) },
    },
    SUCCESS,
  ],
  [
    'Go',
    'fails an event sourced entity',
    'Probe',
    { eventSourced: failsAndEnds({ description: 'failed' }, 10), deaf: true },
    also(crashed(FAILURE, '(not command specific) - failed'), 'ABORTED'),
  ],
  [
    'Go',
    'fails a value entity',
    'ProbeValue',
    { value: ends(2, 'failed') },
    also(crashed('Unexpected Value entity termination', 'failed'), 'UNKNOWN'),
  ],
  [
    'Go',
    'fails a CRDT',
    'ProbeCrdt',
    { crdt: failsAndEnds({ description: 'failed' }, 10) },
    also(crdtEnded('Entity crashed', 'failed'), 'ABORTED'),
  ],
  [
    'Go',
    'fails after it has emitted',
    'Probe',
    { eventSourced: fails('no', true) },
    { ...failed('UNKNOWN no'), on: 'a new stream' },
  ],
  [
    'Go',
    'deletes a CRDT and waits for a new one',
    'ProbeCrdt',
    { crdt: changes({ stateAction: { delete: {} } }), deaf: true },
    {
      ...fine(),
      next: 'UNKNOWN Entity deleted',
      counted: ['calls UNKNOWN', 'failed_commands', 'user_function_calls CANCELLED'],
    },
  ],
  [
    'Go',
    'sends a change of nothing with the first reply',
    'ProbeCrdt',
    { crdt: changes({ stateAction: { update: { pncounter: { change: 0n } } } }) },
    SUCCESS,
  ],
  [
    'Go',
    'sends a change of an empty set',
    'ProbeCrdt',
    { crdt: changes({ stateAction: { update: { orset: {} } } }) },
    SUCCESS,
  ],
  [
    'Go',
    'echoes the metadata of a request',
    'ProbeAction',
    {
      action: ({ metadata }) => ({
        reply: { payload: answer('reply'), metadata: metadata ?? null },
        sideEffects: [
          {
            serviceName: 'stategate.test.ProbeAction',
            commandName: 'Run',
            payload: ask('e', {}),
            metadata: metadata ?? null,
          },
        ],
      }),
    },
    SUCCESS,
  ],
  [
    'Go',
    'answers an action with nothing',
    'ProbeAction',
    { action: () => ({}) },
    fine('UNIMPLEMENTED No message received'),
  ],
  [
    'Java',
    'sees the protocol broken',
    'Probe',
    { eventSourced: failsAndEnds({ description: 'Protocol error: No command payload' }) },
    crashed(FAILURE, '(not command specific) - Protocol error: No command payload'),
  ],
  [
    'Java',
    'throws within a command',
    'Probe',
    { eventSourced: failsAndEnds({ commandId: 1, description: 'Unexpected failure: boom' }) },
    crashed(FAILURE, 'Unexpected failure: boom'),
  ],
  [
    'Java',
    'throws within a command of a value entity',
    'ProbeValue',
    { value: failsAndEnds({ commandId: 1, description: 'Value entity unexpected failure: boom' }) },
    crashed(VALUE_FAILURE, 'Value entity unexpected failure: boom'),
  ],
  ['Java', 'fails before it has emitted', 'Probe', { eventSourced: fails('no', false) }, failed('UNKNOWN no')],
  [
    'Java',
    'is told of a change before its CRDT is there',
    'ProbeCrdt',
    { crdt: failsAndEnds({ description: 'Received delta for CRDT before it was created.' }) },
    crdtEnded('Unexpected entity termination due to stream closure', 'Received delta for CRDT before it was created.'),
  ],
  [
    'Java',
    'does not know a service',
    'ProbeAction',
    { action: () => ({ failure: { description: 'Unknown service: a.B' } }) },
    { ...fine('UNKNOWN Unknown service: a.B'), counted: ['calls UNKNOWN'] },
  ],
];

test.each(ROWS)('%s %s', async (_library, _what, service, script, expected) => {
  await judge(service, script, expected);
});

/** The same services, their descriptors in another order, under other names. */
function withFiles(
  order: <File>(files: readonly File[]) => File[],
  rename: (name: string) => string = (name) => name,
): cloudstate.EntitySpec.$Properties {
  const set = fromBinary(FileDescriptorSetSchema, Buffer.from(SPEC.proto ?? []));
  set.file = order(set.file);
  for (const file of set.file) {
    file.name = rename(file.name);
    file.dependency = file.dependency.map((name) => rename(name));
  }
  return { ...SPEC, proto: toBinary(FileDescriptorSetSchema, set) };
}
