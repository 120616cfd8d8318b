// Where entities may lead their commands by forwards and side effects, and exactly what becomes of it.
import type { cloudstate } from '@stategate/protocol';
import { describe, test } from 'vitest';
import type { AnyOut, Turn } from '../support/hostile-function.ts';
import { commit, KINDS, type Misdeed, SELF } from '../support/misdeeds.ts';
import { fine, refused } from '../support/outcomes.ts';
import { ask, encodeAsk } from '../support/probe-messages.ts';

type Effect = cloudstate.SideEffect.$Properties;

const ACTION = 'stategate.test.ProbeAction';
const forwards =
  (serviceName: string, commandName: string, payload = ask('other', {})) =>
  (turn: Turn<AnyOut>): void =>
    turn.send({
      reply: { commandId: turn.commandId, clientAction: { forward: { serviceName, commandName, payload } } },
    });
const effects = (sideEffects: Effect[]) => (turn: Turn<AnyOut>) => {
  turn.send({ reply: { ...turn.reply(), sideEffects } });
};
const toAction = (synchronous: boolean): Effect => ({
  serviceName: 'stategate.test.ProbeAction',
  commandName: 'Run',
  payload: ask('e', {}),
  synchronous,
});

const ROWS: readonly Misdeed[] = [
  {
    what: 'forwards to nowhere',
    does: forwards('no.Where', 'Go'),
    ...refused('UNIMPLEMENTED', `Service [no.Where] unknown\n  forwarded from ${SELF}.Run`),
  },
  {
    what: 'forwards to no service and no command',
    does: forwards('', ''),
    ...refused('UNIMPLEMENTED', `Service [] unknown\n  forwarded from ${SELF}.Run`),
  },
  {
    what: 'forwards to a command that is none',
    does: forwards(ACTION, '__proto__'),
    ...refused(
      'UNIMPLEMENTED',
      `Service [${ACTION}] does not have a command named: [__proto__]\n  forwarded from ${SELF}.Run`,
    ),
  },
  {
    what: 'forwards to itself, for ever',
    does: (turn) =>
      forwards(turn.serviceName, 'Run', { typeUrl: '', value: Buffer.from(turn.command.payload?.value ?? []) })(turn),
    ...refused(
      'FAILED_PRECONDITION',
      `more than 16 forwards and side effects in one command (entities.forwardMax): ${SELF}.Run${`\n  forwarded from ${SELF}.Run`.repeat(17)}`,
    ),
  },
  {
    what: 'forwards a payload that cannot be read',
    does: forwards(SELF, 'Run', { typeUrl: '', value: Buffer.from([0x0a, 0xff]) }),
    ...refused('INVALID_ARGUMENT', 'the stategate.test.Ask cannot be read: RangeError: premature EOF', false),
  },
  {
    what: 'forwards to an entity without an id',
    does: forwards(SELF, 'Run', { typeUrl: '', value: Buffer.alloc(0) }),
    ...refused('INVALID_ARGUMENT', 'id of stategate.test.Ask is empty: an entity needs an id', false),
  },
  {
    what: 'forwards to an entity with an endless id',
    does: forwards(SELF, 'Run', { typeUrl: '', value: encodeAsk('x'.repeat(2_000), '') }),
    ...refused('INVALID_ARGUMENT', 'the entity id has 2000 bytes, the limit is 1024', false),
  },
  {
    what: 'forwards to a stream of replies',
    does: forwards(ACTION, 'Watch'),
    ...fine('first'),
  },
  {
    what: 'asks for an effect on nowhere, synchronously',
    does: effects([{ ...toAction(true), serviceName: 'no.Where' }]),
    ...refused('UNIMPLEMENTED', `Service [no.Where] unknown\n  side-effect of ${SELF}.Run`),
  },
  {
    what: 'asks for an effect on nowhere',
    does: effects([{ ...toAction(false), serviceName: 'no.Where' }]),
    ...refused('UNIMPLEMENTED', `Service [no.Where] unknown\n  side-effect of ${SELF}.Run`),
    caller: 'reply',
    counted: [],
  },
  {
    what: 'asks for 10 000 effects at once',
    does: effects(Array.from({ length: 10_000 }, () => toAction(false))),
    settings: { 'entities.effectsMax': 10 },
    ...fine(),
    log: ['Side effects were dropped: too many wait'],
    counted: ['dropped_side_effects 9980'],
  },
  {
    what: 'asks for 100 effects that must be waited for',
    does: effects(Array.from({ length: 100 }, () => toAction(true))),
    ...fine(),
  },
  {
    what: 'asks for effects on itself, for ever',
    does: (turn) => {
      const payload = { typeUrl: '', value: Buffer.from(turn.command.payload?.value ?? []) };
      effects([{ ...toAction(false), serviceName: turn.serviceName, payload }])(turn);
    },
    ...refused(
      '',
      `more than 16 forwards and side effects in one command (entities.forwardMax): ${SELF}.Run${`\n  side-effect of ${SELF}.Run`.repeat(17)}`,
    ),
    caller: 'reply',
    counted: [],
    pauseMs: 100,
  },
];

describe.each(KINDS)('an entity of $service that', (kind) => {
  test.each(ROWS)('$what', async (misdeed) => commit(misdeed, kind));
});
