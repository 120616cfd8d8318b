import type { cloudstate } from '@stategate/protocol';
import { BAD, type Expected, type Service, suffer, type Tormentor } from './ordeal.ts';
import { answer } from './probe-messages.ts';
import {
  type ActionAnswer,
  answerOf,
  type EntityStream,
  probeSpec,
  type Script,
  ScriptedFunction,
} from './scripted-function.ts';

type EventSourcedOut = cloudstate.eventsourced.EventSourcedStreamOut.$Properties;
type ValueOut = cloudstate.valueentity.ValueEntityStreamOut.$Properties;
type CrdtOut = cloudstate.crdt.CrdtStreamOut.$Properties;
type Action = cloudstate.ClientAction.$Properties;

/** What all kinds of entities may send. */
export interface AnyOut {
  readonly reply?: {
    readonly commandId?: number;
    readonly clientAction?: Action;
    readonly sideEffects?: cloudstate.SideEffect.$Properties[];
  };
  readonly failure?: cloudstate.Failure.$Properties;
}

/** The moment in which the user function may do what it likes. */
export interface Turn<Out> {
  readonly commandId: number;
  readonly command: cloudstate.Command.$Properties;
  readonly raw: EntityStream<unknown, Out>['raw'];
  readonly serviceName: string;
  send(message: Out | Buffer): void;
  /** What would be right. */
  reply(text?: string): { readonly commandId: number; readonly clientAction: Action };
}

export interface HostileScript {
  readonly eventSourced?: (turn: Turn<EventSourcedOut>) => void;
  readonly value?: (turn: Turn<ValueOut>) => void;
  readonly crdt?: (turn: Turn<CrdtOut>) => void;
  readonly action?: (command: cloudstate.action.ActionCommand) => ActionAnswer | Promise<ActionAnswer>;
  /** Of the half-close: it is ignored on the stream of the misbehaviour. */
  readonly deaf?: boolean;
  /** In place of what is otherwise the same for all. */
  readonly more?: Pick<Script, 'spec' | 'reportError'>;
}

interface HostileFunction extends Tormentor {
  /** Messages between `init` and the last command to `BAD`. */
  readonly replayed: number;
}

export const SPEC = withCrdt(probeSpec());
/** Of the command after the bad one. */
const GOOD_TEXT = 'next';
const nothing = (): void => undefined;

/** Passes when all is as expected; resolves with how many messages were replayed to the last command. */
export async function judge(service: Service, script: HostileScript, expected: Expected): Promise<number> {
  await using tormentor = await hostileFunction(script);
  const { caller, next, on, log, told, counted, ...ordeal } = expected;
  const grace = script.deaf === true && { 'userFunction.closeGrace': '200ms' };
  const settings = { ...grace, ...ordeal.settings };
  await suffer(tormentor, { service, ...ordeal, settings }, { caller, next, on, log, told, counted });
  return tormentor.replayed;
}

/** Behaves as its script says with the bad command to `BAD`, and well with all others. Its streams of replies have two. */
async function hostileFunction(script: HostileScript): Promise<HostileFunction> {
  let lives = 0;
  let replayed = 0;
  const isBad = ({ value }: { readonly value: Uint8Array }): boolean => !Buffer.from(value).includes(GOOD_TEXT);
  const entity =
    <In extends AnyIn, Out>(misbehave: (turn: Turn<Out>) => void) =>
    (stream: EntityStream<In, Out>): void => {
      let before = 0;
      let isDeaf = false;
      let serviceName = '';
      stream.onMessage((message) => {
        before += 1;
        const { init, command } = message;
        serviceName ||= init?.serviceName ?? '';
        if (init?.entityId === BAD) lives += 1;
        if (command?.entityId === BAD) replayed = before - 2;
        if (command == null) return;
        const commandId = command.id ?? 0;
        const reply = (text = 'reply') => ({ commandId, clientAction: { reply: { payload: answer(text) } } });
        if (command.entityId === BAD && isBad(answerOf(command))) {
          isDeaf = script.deaf ?? false;
          misbehave({ commandId, command, raw: stream.raw, serviceName, send: stream.send, reply });
        } else {
          stream.send({ reply: { commandId, clientAction: { reply: { payload: answerOf(command) } } } } as Out);
        }
      });
      stream.raw.on('end', () => isDeaf || stream.raw.end());
    };
  const wholeScript: Script = {
    spec: SPEC,
    eventSourced: entity(script.eventSourced ?? nothing),
    value: entity(script.value ?? nothing),
    crdt: entity(script.crdt ?? nothing),
    action: (command) => {
      const payload = answerOf(command);
      const misbehaves = Buffer.from(command.payload?.value ?? []).includes(BAD) && isBad(payload);
      return misbehaves ? (script.action?.(command) ?? {}) : { reply: { payload } };
    },
    actionStream: (stream) => {
      for (const text of ['first', 'second']) stream.send({ reply: { payload: answer(text) } });
      stream.raw.end();
    },
  };
  const scripted = await ScriptedFunction.start({ ...wholeScript, ...script.more });
  return {
    port: scripted.port,
    reported: scripted.reported,
    get lives() {
      return lives;
    },
    get replayed() {
      return replayed;
    },
    [Symbol.asyncDispose]: () => scripted[Symbol.asyncDispose](),
  };
}

interface AnyIn {
  readonly init?: { readonly entityId?: string | null; readonly serviceName?: string | null } | null;
  readonly command?: cloudstate.Command.$Properties | null;
}

function withCrdt(spec: cloudstate.EntitySpec.$Properties): cloudstate.EntitySpec.$Properties {
  const entity = {
    entityType: 'cloudstate.crdt.Crdt',
    serviceName: 'stategate.test.ProbeCrdt',
    persistenceId: 'probe-crdt',
  };
  return { ...spec, entities: [...(spec.entities ?? []), entity] };
}
