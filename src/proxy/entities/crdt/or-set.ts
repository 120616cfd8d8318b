import type { stategate } from '@stategate/protocol';
import { type Crdt, type CrdtDelta, type CrdtState, incompatible, mismatch, type Write } from './crdt.ts';
import { type Dot, type Dotted, fromDot, fromDots, mergeDotted, toDots } from './dots.ts';
import { type Element, fromElement, toElement, toSortedPayloads } from './element.ts';

/** A set from which one removes what one has seen: an element that is added elsewhere at the same time stays. */
export class ORSet implements Crdt {
  readonly type = 'orset';
  readonly #dotted: Dotted<Dot>;

  constructor(dotted: Dotted<Dot> = { entries: new Map(), seen: new Map() }) {
    this.#dotted = dotted;
  }

  static fromState({ elements, seen }: stategate.v1.ORSetState.$Properties): ORSet {
    const entries = new Map<Element, readonly Dot[]>(
      elements?.map(({ element, dots }) => [toElement(element ?? {}), (dots ?? []).map(fromDot)]),
    );
    return new ORSet({ entries, seen: fromDots(seen) });
  }

  apply(delta: CrdtDelta, write: Write): ORSet {
    if (delta.orset == null) throw incompatible(delta, this.type);
    const { cleared, removed, added } = delta.orset;
    const { entries: before, seen } = this.#dotted;
    const { replica } = write;
    const entries = new Map(cleared === true ? [] : before);
    for (const element of removed ?? []) entries.delete(toElement(element));
    write.dot = Math.max(write.dot, seen.get(replica) ?? 0);
    for (const element of added ?? []) entries.set(toElement(element), [{ replica, counter: (write.dot += 1) }]);
    return new ORSet({ entries, seen: new Map(seen).set(replica, write.dot) });
  }

  deltaTo(next: Crdt): CrdtDelta | undefined {
    if (!(next instanceof ORSet)) throw mismatch(next.type, this.type);
    const [before, after] = [this.#dotted.entries, next.#dotted.entries];
    const removed = [...before.keys()].filter((element) => !after.has(element));
    const added = [...after.keys()].filter((element) => !before.has(element));
    if (removed.length + added.length === 0) return undefined;
    if (after.size === 0) return { orset: { cleared: true } };
    if (removed.length + added.length > after.size) {
      return { orset: { cleared: true, added: [...after.keys()].map(fromElement) } };
    }
    return { orset: { removed: removed.map(fromElement), added: added.map(fromElement) } };
  }

  fullDelta(): CrdtDelta {
    return { orset: { added: [...this.#dotted.entries.keys()].map(fromElement) } };
  }

  merge(other: Crdt): ORSet {
    if (!(other instanceof ORSet)) throw mismatch(other.type, this.type);
    return new ORSet(mergeDotted(this.#dotted, other.#dotted));
  }

  toState(): CrdtState {
    const { entries, seen } = this.#dotted;
    const elements = toSortedPayloads(entries.keys()).map((element) => ({
      element,
      dots: [...(entries.get(toElement(element)) ?? [])],
    }));
    return { orset: { elements, seen: toDots(seen) } };
  }
}
