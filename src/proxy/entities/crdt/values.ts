import { type Crdt, type CrdtDelta, CrdtError, type CrdtState, type CrdtType, typeOfDelta } from './crdt.ts';
import { Flag } from './flag.ts';
import { GCounter } from './g-counter.ts';
import { GSet } from './g-set.ts';
import { LWWRegister } from './lww-register.ts';
import { ORMap } from './or-map.ts';
import { ORSet } from './or-set.ts';
import { PNCounter } from './pn-counter.ts';
import { Vote } from './vote.ts';

/** The value that every entity of a type begins with. */
export function emptyCrdt(type: CrdtType): Crdt {
  switch (type) {
    case 'gcounter':
      return new GCounter();
    case 'pncounter':
      return new PNCounter();
    case 'gset':
      return new GSet();
    case 'orset':
      return new ORSet();
    case 'lwwregister':
      return new LWWRegister();
    case 'flag':
      return new Flag();
    case 'ormap':
      return new ORMap();
    case 'vote':
      return new Vote();
    default:
      return type satisfies never;
  }
}

/** Undoes `Crdt.toState`. Throws `CrdtError` for a state that has no type, or one that this version does not know. */
export function fromState(state: CrdtState): Crdt {
  if (state.gcounter != null) return GCounter.fromState(state.gcounter);
  if (state.pncounter != null) return PNCounter.fromState(state.pncounter);
  if (state.gset != null) return GSet.fromState(state.gset);
  if (state.orset != null) return ORSet.fromState(state.orset);
  if (state.lwwregister != null) return LWWRegister.fromState(state.lwwregister);
  if (state.flag != null) return Flag.fromState(state.flag);
  if (state.ormap != null) return ORMap.fromState(state.ormap, fromState);
  if (state.vote != null) return Vote.fromState(state.vote);
  throw new CrdtError('a stored CRDT has no type that this version knows');
}

/** A change by the user function: of a value, or of the nothing from which the delta's type makes one. Throws `CrdtError`. */
export function applyDelta(value: Crdt | undefined, delta: CrdtDelta, replica: string, nowMs: number): Crdt {
  const type = typeOfDelta(delta);
  if (type === undefined) throw new CrdtError('Empty delta');
  return (value ?? emptyCrdt(type)).apply(delta, { replica, nowMs, dot: 0, empty: emptyCrdt });
}
