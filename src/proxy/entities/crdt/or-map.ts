import type { stategate } from '@stategate/protocol';
import {
  type Crdt,
  type CrdtDelta,
  CrdtError,
  type CrdtState,
  incompatible,
  mismatch,
  typeOfDelta,
  type View,
  type Write,
} from './crdt.ts';
import { type Dot, type Dotted, fromDot, fromDots, mergeDotted, toDots } from './dots.ts';
import { type Element, fromElement, toElement, toSortedPayloads } from './element.ts';

/** What one write has left under a key. A later write replaces all that it knew; those that knew nothing of each other are joined. */
interface Version extends Dot {
  readonly value: Crdt;
}

/** A map of CRDTs. A key that is changed elsewhere while it is removed stays, with its whole value. */
export class ORMap implements Crdt {
  readonly type = 'ormap';
  readonly #dotted: Dotted<Version>;

  constructor(dotted: Dotted<Version> = { entries: new Map(), seen: new Map() }) {
    this.#dotted = dotted;
  }

  static fromState(state: stategate.v1.ORMapState.$Properties, nested: (state: CrdtState) => Crdt): ORMap {
    const entries = new Map<Element, readonly Version[]>(
      state.entries?.map(({ key, versions }) => [
        toElement(key ?? {}),
        (versions ?? []).map(({ dot, value }) => ({ ...fromDot(dot), value: nested(value ?? {}) })),
      ]),
    );
    return new ORMap({ entries, seen: fromDots(state.seen) });
  }

  apply(delta: CrdtDelta, write: Write): ORMap {
    if (delta.ormap == null) throw incompatible(delta, this.type);
    const { cleared, removed, updated, added } = delta.ormap;
    const { entries: before, seen } = this.#dotted;
    const { replica } = write;
    write.dot = Math.max(write.dot, seen.get(replica) ?? 0);
    const entries = new Map(cleared === true ? [] : before);
    const change = (key: Element, value: Crdt, by: CrdtDelta): void => {
      const next = value.apply(by, write);
      entries.set(key, [{ replica, counter: (write.dot += 1), value: next }]);
    };
    for (const key of removed ?? []) entries.delete(toElement(key));
    for (const { key, delta: by } of updated ?? []) {
      const element = toElement(key ?? {});
      const value = valueOf(entries, element);
      if (by != null && value !== undefined && value.type === typeOfDelta(by)) change(element, value, by);
    }
    for (const { key, delta: by } of added ?? []) {
      const element = toElement(key ?? {});
      const type = typeOfDelta(by ?? {});
      if (by == null || type === undefined) throw new CrdtError('Empty delta');
      change(element, valueOf(entries, element) ?? write.empty(type), by);
    }
    return new ORMap({ entries, seen: new Map(seen).set(replica, write.dot) });
  }

  deltaTo(next: Crdt, view: View): CrdtDelta | undefined {
    if (!(next instanceof ORMap)) throw mismatch(next.type, this.type);
    const [before, after] = [this.#dotted.entries, next.#dotted.entries];
    if (after.size === 0) return before.size === 0 ? undefined : { ormap: { cleared: true } };
    const removed = [...before.keys()].filter((key) => !after.has(key));
    const updated = [];
    const added = [];
    for (const key of after.keys()) {
      const [was, is] = [valueOf(before, key), valueOf(after, key)];
      if (is === undefined || is === was) continue;
      const delta = was && nestedDelta(was, is, view);
      if (delta === 'replaced') removed.push(key);
      if (was === undefined || delta === 'replaced') added.push({ key: fromElement(key), delta: is.fullDelta(view) });
      else if (delta !== undefined) updated.push({ key: fromElement(key), delta });
    }
    if (removed.length + updated.length + added.length === 0) return undefined;
    return { ormap: { removed: removed.map(fromElement), updated, added } };
  }

  fullDelta(view: View): CrdtDelta {
    const { entries } = this.#dotted;
    const added = [...entries.keys()].flatMap((key) => {
      const value = valueOf(entries, key);
      return value === undefined ? [] : [{ key: fromElement(key), delta: value.fullDelta(view) }];
    });
    return { ormap: { added } };
  }

  merge(other: Crdt): ORMap {
    if (!(other instanceof ORMap)) throw mismatch(other.type, this.type);
    return new ORMap(mergeDotted(this.#dotted, other.#dotted));
  }

  toState(): CrdtState {
    const { entries, seen } = this.#dotted;
    return {
      ormap: {
        entries: toSortedPayloads(entries.keys()).map((key) => ({
          key,
          versions: (entries.get(toElement(key)) ?? []).map(({ replica, counter, value }) => {
            return { dot: { replica, counter }, value: value.toState() };
          }),
        })),
        seen: toDots(seen),
      },
    };
  }
}

/** All versions joined. Of versions with different types, those of the type that comes first by name. */
function valueOf(entries: Dotted<Version>['entries'], key: Element): Crdt | undefined {
  const versions = entries.get(key) ?? [];
  const [first, ...others] = versions.map(({ value }) => value).toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return others.reduce<Crdt | undefined>(
    (joined, value) => (joined?.type === value.type ? joined.merge(value) : joined),
    first,
  );
}

/** A value that was removed and added again, or has another type now, does not follow from the one before. */
function nestedDelta(was: Crdt, is: Crdt, view: View): CrdtDelta | 'replaced' | undefined {
  try {
    return was.deltaTo(is, view);
  } catch (error) {
    if (error instanceof CrdtError) return 'replaced';
    throw error;
  }
}
