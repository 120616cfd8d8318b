import type { cloudstate, stategate } from '@stategate/protocol';

export type CrdtDelta = cloudstate.crdt.CrdtDelta.$Properties;
export type CrdtState = stategate.v1.CrdtState.$Properties;

/** The members of a `CrdtDelta`, which name the types. */
export type CrdtType = 'gcounter' | 'pncounter' | 'gset' | 'orset' | 'lwwregister' | 'flag' | 'ormap' | 'vote';

/** An immutable value that replicas change on their own and merge: in any order, any number of times, all end with the same. */
export interface Crdt {
  readonly type: CrdtType;
  /** The value after a change by the user function. Throws `CrdtError` with the protocol's text. */
  apply(delta: CrdtDelta, write: Write): Crdt;
  /** What brings a user function that holds this value to the next one; undefined when it sees no difference. Throws `CrdtError`. */
  deltaTo(next: Crdt, view: View): CrdtDelta | undefined;
  /** What brings a user function that holds nothing to this value. */
  fullDelta(view: View): CrdtDelta;
  /** Throws `CrdtError` for another type. */
  merge(other: Crdt): Crdt;
  toState(): CrdtState;
}

/** Who writes, and when. One for each delta. */
export interface Write {
  readonly replica: string;
  readonly nowMs: number;
  /** The last dot that this replica has used in this entity; what needs a new one counts on. */
  dot: number;
  /** The value that a delta of this type begins with. */
  empty(type: CrdtType): Crdt;
}

/** Whose view of a value: votes are different for each replica. */
export interface View {
  readonly replica: string;
  readonly members: readonly string[];
}

/** What a user function or a replica sent does not fit the value: the text says how. */
export class CrdtError extends Error {
  override readonly name = 'CrdtError';
}

const DELTA_NAMES: Readonly<Record<CrdtType, string>> = {
  gcounter: 'GCounterDelta',
  pncounter: 'PNCounterDelta',
  gset: 'GSetDelta',
  orset: 'ORSetDelta',
  lwwregister: 'LWWRegisterDelta',
  flag: 'FlagDelta',
  ormap: 'ORMap',
  vote: 'Vote',
};
const TYPES = Object.keys(DELTA_NAMES) as readonly CrdtType[];

/** Undefined for a delta without a member. */
export function typeOfDelta(delta: CrdtDelta): CrdtType | undefined {
  return TYPES.find((type) => delta[type] != null);
}

/** Why a delta cannot be applied to a value of another type. */
export function incompatible(delta: CrdtDelta, type: CrdtType): CrdtError {
  const found = typeOfDelta(delta);
  if (found === undefined) return new CrdtError('Empty delta');
  return new CrdtError(`${DELTA_NAMES[found]} is incompatible with CRDT ${nameOf(type)}`);
}

/** Why a value cannot follow, or be merged with, another one. */
export function mismatch(one: CrdtType, other: CrdtType): CrdtError {
  return new CrdtError(
    one === other
      ? `a ${nameOf(one)} has lost what it held before`
      : `a ${nameOf(one)} and a ${nameOf(other)} have the same entity id`,
  );
}

function nameOf(type: CrdtType): string {
  return DELTA_NAMES[type].replace(/Delta$/, '');
}
