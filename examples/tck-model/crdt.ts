import { isDeepStrictEqual } from 'node:util';
import {
  type Clock,
  crdt,
  type Flag,
  type GCounter,
  type GSet,
  type LWWRegister,
  type Make,
  type ORMap,
  type ORSet,
  type PNCounter,
  type Vote,
} from '@stategate/user-function';
import { type Effect, runEffect } from './effect.ts';

const CRDT_MODEL = 'cloudstate.tck.model.crdt.CrdtTckModel';
const CRDT_TWO = 'cloudstate.tck.model.crdt.CrdtTwo';
const CRDT_CONFIGURED = 'cloudstate.tck.model.crdt.CrdtConfigured';

type Value =
  | GCounter
  | PNCounter
  | GSet<string>
  | ORSet<string>
  | LWWRegister<string>
  | Flag
  | Vote
  | ORMap<string, Value>;

interface Update {
  readonly gcounter?: { readonly increment: bigint };
  readonly pncounter?: { readonly change: bigint };
  readonly gset?: { readonly add: string };
  readonly orset?: { readonly add?: string; readonly remove?: string; readonly clear?: boolean };
  readonly lwwregister?: {
    readonly value: string;
    readonly clock: { readonly clockType: string; readonly customClockValue: bigint } | null;
  };
  readonly flag?: object;
  readonly ormap?: {
    readonly add?: string;
    readonly update?: { readonly key: string; readonly update: Update };
    readonly remove?: string;
    readonly clear?: boolean;
  };
  readonly vote?: { readonly selfVote: boolean };
  readonly writeConsistency: string;
}

interface Request {
  readonly actions: readonly {
    readonly update?: Update;
    readonly delete?: object;
    readonly forward?: { readonly id: string };
    readonly fail?: { readonly message: string };
    readonly effect?: Effect;
  }[];
}

interface StreamedRequest {
  readonly endState: object | null;
  readonly cancelUpdate: Update | null;
  readonly effects: readonly Effect[];
  readonly initialUpdate: Update | null;
  readonly empty: boolean;
}

const CONSISTENCIES = { LOCAL: 'local', MAJORITY: 'majority', ALL: 'all' } as const;

/** What the test kit's model of a CRDT must do. The first part of an entity's id, or of a map's key, is the type. */
export const crdtTckModel = crdt<Value, { Process: Request; ProcessStreamed: StreamedRequest }>({
  service: CRDT_MODEL,
  persistenceId: 'crdt-tck-model',
  create: valueFor,
  commands: {
    Process({ actions }, value, context) {
      let forwarded = false;
      for (const { update, delete: deletes, forward, fail, effect } of actions) {
        if (update !== undefined) {
          context.consistency(CONSISTENCIES[update.writeConsistency as keyof typeof CONSISTENCIES]);
          change(value, update);
        }
        if (deletes !== undefined) context.delete();
        if (forward !== undefined) {
          context.forward(CRDT_TWO, 'Call', { id: forward.id });
          forwarded = true;
        }
        if (fail !== undefined) context.fail(fail.message);
        if (effect !== undefined) runEffect(context, CRDT_TWO, effect);
      }
      return forwarded ? undefined : { state: stateOf(value) };
    },
    ProcessStreamed({ endState, cancelUpdate, effects, initialUpdate, empty }, value, context) {
      if (initialUpdate !== null) change(value, initialUpdate);
      context.onChange((changed, message) => {
        if (empty) return undefined;
        const state = stateOf(changed);
        for (const effect of effects) runEffect(message, CRDT_TWO, effect);
        if (endState !== null && isSame(endState, state)) message.end();
        return { state };
      });
      if (cancelUpdate !== null) context.onCancel((last) => change(last, cancelUpdate));
      return empty ? undefined : { state: stateOf(value) };
    },
  },
});

export const crdtTwo = crdt<GCounter, { Call: Request }>({
  service: CRDT_TWO,
  persistenceId: 'crdt-tck-model-two',
  create: (make) => make.gCounter(),
  commands: {
    Call({ actions }, _value, context) {
      if (actions.some((action) => action.delete !== undefined)) context.delete();
      return {};
    },
  },
});

export const crdtConfigured = crdt<GCounter, { Call: Request }>({
  service: CRDT_CONFIGURED,
  persistenceId: 'crdt-configured',
  passivationTimeoutMs: 100,
  create: (make) => make.gCounter(),
  commands: { Call: () => ({}) },
});

function valueFor(make: Make, name: string): Value {
  const type = name.slice(0, name.indexOf('-'));
  switch (type) {
    case 'GCounter':
      return make.gCounter();
    case 'PNCounter':
      return make.pnCounter();
    case 'GSet':
      return make.gSet(make.text);
    case 'ORSet':
      return make.orSet(make.text);
    case 'LWWRegister':
      return make.lwwRegister(make.text, '');
    case 'Flag':
      return make.flag();
    case 'ORMap':
      return make.orMap(make.text, (key) => valueFor(make, key));
    case 'Vote':
      return make.vote();
    default:
      throw new Error(`"${name}" does not begin with the name of a CRDT`);
  }
}

function change(value: Value, update: Update): void {
  const { gcounter, pncounter, gset, orset, lwwregister, flag, ormap, vote } = update;
  if (gcounter !== undefined) (value as GCounter).increment(gcounter.increment);
  if (pncounter !== undefined) (value as PNCounter).increment(pncounter.change);
  if (gset !== undefined) (value as GSet<string>).add(gset.add);
  if (orset !== undefined) {
    const set = value as ORSet<string>;
    if (orset.add !== undefined) set.add(orset.add);
    if (orset.remove !== undefined) set.delete(orset.remove);
    if (orset.clear === true) set.clear();
  }
  if (lwwregister !== undefined) (value as LWWRegister<string>).set(lwwregister.value, clockOf(lwwregister.clock));
  if (flag !== undefined) (value as Flag).enable();
  if (ormap !== undefined) {
    const map = value as ORMap<string, Value>;
    if (ormap.add !== undefined) map.at(ormap.add);
    if (ormap.update !== undefined) change(map.at(ormap.update.key), ormap.update.update);
    if (ormap.remove !== undefined) map.delete(ormap.remove);
    if (ormap.clear === true) map.clear();
  }
  if (vote !== undefined) (value as Vote).vote(vote.selfVote);
}

function clockOf(clock: { readonly clockType: string; readonly customClockValue: bigint } | null): Clock {
  switch (clock?.clockType) {
    case 'REVERSE':
      return 'first-write';
    case 'CUSTOM':
      return { custom: clock.customClockValue };
    case 'CUSTOM_AUTO_INCREMENT':
      return { autoIncrement: clock.customClockValue };
    default:
      return 'last-write';
  }
}

type TypeName = 'gcounter' | 'pncounter' | 'gset' | 'orset' | 'lwwregister' | 'flag' | 'ormap' | 'vote';

function stateOf(value: Value): object {
  const type = Object.keys(value.empty)[0] as TypeName;
  switch (type) {
    case 'gcounter':
    case 'pncounter':
    case 'lwwregister':
    case 'flag':
      return { [type]: { value: (value as GCounter | LWWRegister<string> | Flag).value } };
    case 'gset':
    case 'orset':
      return { [type]: { elements: [...(value as GSet<string>)].toSorted() } };
    case 'ormap': {
      const entries = [...(value as ORMap<string, Value>)].toSorted(([one], [other]) => (one < other ? -1 : 1));
      return { ormap: { entries: entries.map(([key, member]) => ({ key, value: stateOf(member) })) } };
    }
    case 'vote': {
      const { selfVote, votesFor, totalVoters } = value as Vote;
      return { vote: { selfVote, votesFor, totalVoters } };
    }
    default:
      return type satisfies never;
  }
}

/** A decoded state names the member that is set as well. */
function isSame(decoded: object, state: object): boolean {
  return Object.entries(state).every(([name, member]) => isDeepStrictEqual((decoded as never)[name], member));
}
