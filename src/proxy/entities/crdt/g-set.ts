import type { stategate } from '@stategate/protocol';
import { type Crdt, type CrdtDelta, type CrdtState, incompatible, mismatch } from './crdt.ts';
import { type Element, fromElement, toElement, toSortedPayloads } from './element.ts';

/** A set that only grows. */
export class GSet implements Crdt {
  readonly type = 'gset';
  readonly #elements: ReadonlySet<Element>;

  constructor(elements: ReadonlySet<Element> = new Set()) {
    this.#elements = elements;
  }

  static fromState({ elements }: stategate.v1.GSetState.$Properties): GSet {
    return new GSet(new Set(elements?.map(toElement)));
  }

  apply(delta: CrdtDelta): GSet {
    if (delta.gset == null) throw incompatible(delta, this.type);
    return new GSet(this.#elements.union(new Set(delta.gset.added?.map(toElement))));
  }

  deltaTo(next: Crdt): CrdtDelta | undefined {
    if (!(next instanceof GSet) || !this.#elements.isSubsetOf(next.#elements)) throw mismatch(next.type, this.type);
    const added = [...next.#elements.difference(this.#elements)];
    return added.length === 0 ? undefined : { gset: { added: added.map(fromElement) } };
  }

  fullDelta(): CrdtDelta {
    return { gset: { added: [...this.#elements].map(fromElement) } };
  }

  merge(other: Crdt): GSet {
    if (!(other instanceof GSet)) throw mismatch(other.type, this.type);
    return new GSet(this.#elements.union(other.#elements));
  }

  toState(): CrdtState {
    return { gset: { elements: toSortedPayloads(this.#elements) } };
  }
}
