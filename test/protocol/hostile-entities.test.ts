// What entities that handle one command at a time may do wrong, and exactly what becomes of it.
import { cloudstate } from '@stategate/protocol';
import { describe, test } from 'vitest';
import type { AnyOut, Turn } from '../support/hostile-function.ts';
import { commit, KINDS, type Misdeed, SELF } from '../support/misdeeds.ts';
import { crashed, crashedAfter, failed, fine, timedOut } from '../support/outcomes.ts';
import { answer } from '../support/probe-messages.ts';

type Action = cloudstate.ClientAction.$Properties;

const { EventSourcedStreamOut } = cloudstate.eventsourced;
const bytesOf = (message: AnyOut): Buffer => Buffer.from(EventSourcedStreamOut.encode(message).finish());

const acts = (clientAction: Action) => (turn: Turn<AnyOut>) => {
  turn.send({ reply: { commandId: turn.commandId, clientAction } });
};
const withId = (commandId: number) => (turn: Turn<AnyOut>) => turn.send({ reply: { ...turn.reply(), commandId } });
const replyOfType = (typeUrl: string) => acts({ reply: { payload: { ...answer('reply'), typeUrl } } });
const UNREADABLE = 'a message that cannot be read:';

const ROWS: readonly Misdeed[] = [
  ...(
    [
      ['another command', 2],
      ['no command', 0],
      ['a negative number', -1],
      ['a number that is right in its lower 32 bits only', 4_294_967_297],
    ] as const
  ).map(([what, id]) => ({
    what: `answers ${what}`,
    does: withId(id),
    ...crashed('Unexpected entity reply', `(expected id 1 but got ${id})`),
  })),
  {
    what: 'answers the largest number',
    does: (turn) => turn.send(Buffer.from('0a0a08ffffffffffffffff7f', 'hex')),
    ...crashed(
      'Unexpected entity message',
      `${UNREADABLE} RangeError: a 64-bit field holds ${2n ** 63n - 1n}, which is not a safe integer`,
    ),
  },
  {
    what: 'answers twice',
    does: (turn) => {
      turn.send({ reply: turn.reply() });
      turn.send({ reply: turn.reply() });
    },
    ...crashedAfter('Unexpected entity reply', '(no current command)'),
  },
  {
    what: 'fails what it has answered',
    does: (turn) => {
      turn.send({ reply: turn.reply() });
      turn.send({ failure: { commandId: 1, description: 'too late' } });
    },
    ...crashedAfter('Unexpected entity failure', '(no current command) - too late'),
  },
  {
    what: 'fails its command as a whole',
    does: (turn) => turn.send({ failure: { commandId: 1, description: 'secret' } }),
    ...crashed('Unexpected entity failure', 'secret'),
  },
  {
    what: 'fails no command',
    does: (turn) => turn.send({ failure: { description: 'secret' } }),
    ...crashed('Unexpected entity failure', '(not command specific) - secret'),
  },
  {
    what: 'fails another command',
    does: (turn) => turn.send({ failure: { commandId: 9, description: 'secret' } }),
    ...crashed('Unexpected entity failure', '(expected id 1 but got 9) - secret'),
  },
  {
    what: 'answers after it has failed, and talks on without an end',
    does: (turn) => {
      turn.send({ failure: { commandId: 1, description: 'secret' } });
      for (let n = 0; n < 1_000; n++) turn.send({ reply: turn.reply() });
      turn.send(Buffer.from([0xff]));
    },
    ...crashed('Unexpected entity failure', 'secret'),
  },
  {
    what: 'answers and fails in one message: the last counts',
    does: (turn) =>
      turn.send(
        Buffer.concat([bytesOf({ reply: turn.reply() }), bytesOf({ failure: { commandId: 1, description: 'no' } })]),
      ),
    ...crashed('Unexpected entity failure', 'no'),
  },
  {
    what: 'fails and answers in one message: the last counts',
    does: (turn) =>
      turn.send(
        Buffer.concat([bytesOf({ failure: { commandId: 1, description: 'no' } }), bytesOf({ reply: turn.reply() })]),
      ),
    ...fine(),
  },
  {
    what: 'sends an empty message',
    does: (turn) => turn.send(Buffer.alloc(0)),
    ...crashed('Unexpected entity message', 'empty or unknown message from entity output stream'),
  },
  {
    what: 'sends a member that nobody knows',
    does: (turn) => turn.send(Buffer.from([0x9a, 0x06, 1, 0])),
    ...crashed('Unexpected entity message', 'empty or unknown message from entity output stream'),
  },
  {
    what: 'sends half a message',
    does: (turn) => turn.send(bytesOf({ reply: turn.reply() }).subarray(0, 7)),
    ...crashed('Unexpected entity message', `${UNREADABLE} RangeError: index out of range`),
  },
  {
    what: 'sends groups that are nested 100 000 deep',
    does: (turn) => turn.send(Buffer.alloc(100_000, 0x7b)),
    ...crashed('Unexpected entity message', `${UNREADABLE} Error: max depth exceeded`),
  },
  {
    what: 'sends more than a message may have',
    does: (turn) => turn.send({ reply: turn.reply('x'.repeat(2 << 20)) }),
    settings: { 'api.maxMessageBytes': '1MiB' },
    ...crashed('Unexpected entity termination', 'Received message larger than max (2097227 vs 1048576)'),
    counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities', 'user_function_calls RESOURCE_EXHAUSTED'],
  },
  {
    what: 'ends its stream',
    does: (turn) => turn.raw.end(),
    ...crashed('Unexpected entity termination', 'OK'),
  },
  {
    what: 'ends its stream with an error',
    does: (turn) => turn.raw.emit('error', { code: 13, details: 'oops' }),
    ...crashed('Unexpected entity termination', 'oops'),
    counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities', 'user_function_calls INTERNAL'],
  },
  {
    what: 'ends its stream right after its answer',
    does: (turn) => {
      turn.send({ reply: turn.reply() });
      turn.raw.end();
    },
    ...crashedAfter('Unexpected entity termination', 'OK'),
  },
  { what: 'never answers', does: () => undefined, ...timedOut },
  {
    what: 'answers too late',
    does: (turn) => void setTimeout(() => turn.send({ reply: turn.reply() }), 1_200),
    pauseMs: 400,
    ...timedOut,
  },
  {
    what: 'does not close its stream after it was told to',
    does: (turn) => turn.send({ failure: { commandId: 1, description: 'secret' } }),
    deaf: true,
    ...crashed('Unexpected entity failure', 'secret'),
    counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities', 'user_function_calls CANCELLED'],
  },
  { what: 'answers with nothing', does: acts({}), ...fine('UNIMPLEMENTED No message received') },
  { what: 'answers without a payload', does: acts({ reply: {} }), ...fine('UNIMPLEMENTED No message received') },
  ...['', 'type.googleapis.com/stategate.test.Ask'].map((typeUrl) => {
    const warning = `Warning: ${SELF}.Run: Expected reply type_url to be [type.googleapis.com/stategate.test.Answer] but was [${typeUrl}].`;
    return {
      what: `answers with the type [${typeUrl}]`,
      does: replyOfType(typeUrl),
      ...fine(),
      log: [warning],
      told: [warning],
    };
  }),
  {
    what: 'fails in words that are no UTF-8',
    does: (turn) => {
      const bytes = bytesOf({ reply: { commandId: 1, clientAction: { failure: { description: 'AB' } } } });
      turn.send(Buffer.from(bytes.toString('latin1').replace('AB', '\u00ff\u00fe'), 'latin1'));
    },
    ...crashed(
      'Unexpected entity message',
      `${UNREADABLE} TypeError: The encoded data was not valid for encoding utf-8`,
    ),
  },
  { what: 'fails without a word', does: acts({ failure: {} }), ...failed('UNKNOWN ') },
  {
    what: 'fails in words that would be headers',
    does: acts({ failure: { description: 'no\r\ngrpc-status: 0\r\n\r\n\u0000' } }),
    ...failed('UNKNOWN no\r\ngrpc-status: 0\r\n\r\n\u0000'),
  },
  {
    what: 'fails with a novel',
    does: acts({ failure: { description: 'x'.repeat(1 << 20) } }),
    ...failed(`UNKNOWN ${'x'.repeat(4_093)}...`),
  },
  {
    what: 'answers with metadata that cannot be headers',
    does: (turn) => {
      const reply = { payload: answer('reply'), metadata: { entries: HEADERS } };
      acts({ reply })(turn);
    },
    ...fine(),
  },
  {
    what: 'answers with a mebibyte of metadata',
    does: acts({
      reply: { payload: answer('reply'), metadata: { entries: [{ key: 'x-much', stringValue: 'x'.repeat(1 << 20) }] } },
    }),
    ...fine(),
  },
];

const HEADERS: cloudstate.MetadataEntry.$Properties[] = [
  ...[
    ':status',
    'grpc-status',
    'grpc-message',
    'content-type',
    'connection',
    'te',
    'constructor',
    '__proto__',
    '',
    'sp ace',
    'new\nline',
    'ä',
  ].map((key) => ({ key, stringValue: '13' })),
  { key: 'x-a', stringValue: 'a\r\nx-b: c' },
  { key: 'x-c-bin', stringValue: 'no base64 \u00ff' },
  { key: 'x-d', bytesValue: Buffer.from([0, 255]) },
  { key: 'x-e' },
];

describe.each(KINDS)('an entity of $service that', (kind) => {
  test.each(ROWS)('$what', async (misdeed) => commit(misdeed, kind));
});
