// What the cases of CRDTs say. States and deltas in few words: `3`, `['a', 'b']`, `{ orset: { removed: ['a'], added: ['b'] } }`.
import { casesOf, type ModelCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import { expectEqual } from '../expect.ts';
import type { Line } from '../line.ts';
import type { ModelWorld } from '../model-world.ts';
import { CRDTS } from '../spec.ts';
import { deltaOf, type Short, stateOf } from './crdt-values.ts';

const PACKAGE = 'cloudstate.tck.model.crdt';
export const MODEL = `${PACKAGE}.CrdtTckModel`;
export const TWO = `${PACKAGE}.CrdtTwo`;
export const CONFIGURED = `${PACKAGE}.CrdtConfigured`;
export const SERVICES: readonly string[] = [MODEL, TWO];

export const any = (name: string, message: Plain): Plain => ({ [`${PACKAGE}.${name}`]: message });

const update = (of: Plain): Plain => ({ update: of });
export const count = (...amounts: readonly number[]): Plain[] =>
  amounts.map((increment) => update({ gcounter: { increment } }));
export const change = (...amounts: readonly number[]): Plain[] =>
  amounts.map((by) => update({ pncounter: { change: by } }));
export const grow = (...elements: readonly string[]): Plain[] => elements.map((add) => update({ gset: { add } }));
export const add = (...elements: readonly string[]): Plain[] => elements.map((one) => update({ orset: { add: one } }));
export const drop = (...elements: readonly string[]): Plain[] =>
  elements.map((remove) => update({ orset: { remove } }));
export const clear = update({ orset: { clear: true } });
export const set = (value: string, clockType?: string, customClockValue?: number): Plain =>
  update({ lwwregister: { value, ...(clockType && { clock: { clockType, customClockValue } }) } });
export const enable = update({ flag: {} });
export const vote = (selfVote: boolean): Plain => update({ vote: { selfVote } });
export const mapAdd = (...keys: readonly string[]): Plain[] => keys.map((key) => update({ ormap: { add: key } }));
export const mapDrop = (remove: string): Plain => update({ ormap: { remove } });
export const mapClear = update({ ormap: { clear: true } });
/** Changes of a map's value. */
export const at = (key: string, ...ofValue: readonly Plain[]): Plain[] =>
  ofValue.map((one) => update({ ormap: { update: { key, update: one['update'] } } }));
export const consistently = (increment: number, writeConsistency: string): Plain =>
  update({ gcounter: { increment }, writeConsistency });
export const gone: Plain = { delete: {} };
export const forward = (id: string): Plain => ({ forward: { id } });
export const effect = (id: string, synchronous = false): Plain => ({ effect: { id, synchronous } });
export const fail = (message: string): Plain => ({ fail: { message } });

/** What the model says, in few words. An effect that is waited for ends with an exclamation mark. */
export interface Told {
  readonly state?: unknown;
  readonly forward?: string;
  readonly failure?: string;
  readonly effects?: readonly string[];
  readonly update?: Short;
  readonly deleted?: true;
  /** The number of the protocol's write consistency. */
  readonly consistency?: number;
}

/** One thing that happens on a stream. What it is answered with is the reply, and messages to those that watch. */
export type Step =
  | {
      readonly actions: readonly Plain[];
      readonly told: Told;
      readonly messages?: readonly Message[];
      readonly id?: number;
    }
  | { readonly stream: Plain; readonly told: Told }
  | { readonly cancel: number; readonly told: Told }
  | { readonly delta: Short }
  | { readonly delete: true }
  /** The entity passivates and is opened again, with this delta. */
  | { readonly reopened: Short | undefined };

interface Message {
  readonly of: number;
  readonly told: Told;
  readonly endStream?: boolean;
}

/** A command: the state that it answers, and what it asks for besides. */
export const run = (
  actions: readonly Plain[],
  state: unknown,
  more: Told = {},
  messages: readonly Message[] = [],
): Step => ({ actions, told: { state, ...more }, messages });
export const to = (delta: Short): Step => ({ delta });
export const up = (delta: Short): Told => ({ update: delta });
export const message = (
  of: number,
  state: unknown,
  more: { effects?: readonly string[]; end?: true } = {},
): Message => {
  const { end = false, ...told } = more;
  return { of, told: { state, ...told }, endStream: end };
};

/** A type's cases, by the rest of their names; each a stream that begins with the first, if it is a delta of an init. */
export function casesOfType(
  type: string,
  table: Readonly<Record<string, { readonly init?: Short; readonly steps: readonly Step[] }>>,
): readonly ModelCase[] {
  return casesOf('CRDT', SERVICES, {
    ...Object.fromEntries(
      Object.entries(table).map(([name, { init, steps }]) => [`verify ${type} ${name}`, play(type, steps, init)]),
    ),
    // The same for every type.
    [`verify ${type} delete action sent to entity`]: play(type, [{ delete: true }]),
  });
}

/** A stream of an entity of this type, until it passivates. */
export function play(type: string, steps: readonly Step[], init?: Short): (world: ModelWorld) => Promise<void> {
  return async (world) => {
    const entityId = world.ids.next(type);
    const open = (delta: Short | undefined): Line => {
      const line = world.caller.open(CRDTS, 'handle');
      return line.send({ init: { serviceName: MODEL, entityId, ...(delta && { delta: deltaOf(delta) }) } });
    };
    let line = open(init);
    let last = 0;
    for (const step of steps) {
      if ('delta' in step) line.send({ delta: deltaOf(step.delta) });
      else if ('delete' in step) line.send({ delete: {} });
      else if ('reopened' in step) {
        await line.halfClose().expectEnd();
        line = open(step.reopened);
        last = 0;
      } else if ('cancel' in step) {
        line.send({ streamCancelled: { entityId, id: step.cancel } });
        const expected = { commandId: step.cancel, ...changes(step.told) };
        expectEqual('answer to the cancellation', await line.next(), { streamCancelledResponse: expected });
      } else {
        last = 'id' in step && step.id !== undefined ? step.id : last + 1;
        const streamed = 'stream' in step;
        line.send({ command: { entityId, id: last, ...commandOf(entityId, step) } });
        const reply = { commandId: last, ...answers(type, last, step.told), ...changes(step.told), streamed };
        expectEqual(`answer to command ${last}`, await line.next(), { reply });
        for (const { of, told, endStream } of 'actions' in step ? (step.messages ?? []) : []) {
          const streamedMessage = { commandId: of, ...answers(type, of, told), endStream };
          expectEqual(`message to command ${of} after command ${last}`, await line.next(), { streamedMessage });
        }
      }
    }
    await line.halfClose().expectEnd();
  };
}

function commandOf(id: string, step: { readonly stream: Plain } | { readonly actions: readonly Plain[] }): Plain {
  if ('actions' in step) return { name: 'Process', payload: any('Request', { id, actions: step.actions }) };
  return { name: 'ProcessStreamed', payload: any('StreamedRequest', { id, ...step.stream }), streamed: true };
}

/** What the caller gets, and the effects. */
function answers(type: string, commandId: number, { state, forward: other, failure, effects = [] }: Told): Plain {
  const target = (id: string): Plain => ({ serviceName: TWO, commandName: 'Call', payload: any('Request', { id }) });
  const sideEffects = effects.map((id) => ({ ...target(id.replace('!', '')), synchronous: id.endsWith('!') }));
  if (other !== undefined) return { clientAction: { forward: target(other) }, sideEffects };
  if (failure !== undefined) return { clientAction: { failure: { commandId, description: failure } }, sideEffects };
  if (state === undefined) return { sideEffects };
  return { clientAction: { reply: { payload: any('Response', { state: stateOf(type, state) }) } }, sideEffects };
}

function changes({ update: delta, deleted, consistency }: Told): Plain {
  if (deleted) return { stateAction: { delete: {} } };
  if (delta === undefined) return {};
  return {
    stateAction: { update: deltaOf(delta), ...(consistency !== undefined && { writeConsistency: consistency }) },
  };
}
