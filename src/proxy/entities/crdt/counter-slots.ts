import type { stategate } from '@stategate/protocol';
import { CrdtError, type Write } from './crdt.ts';

interface Slot {
  /** The dot at which this replica began to count: a key of a map that was removed and added again counts anew. */
  readonly since: number;
  readonly amount: bigint;
}

const MAX = 2n ** 63n - 1n;

/** What each replica has counted: only a replica itself adds to its slot, so the later of two is always the right one. */
export class CounterSlots {
  readonly #slots: ReadonlyMap<string, Slot>;

  constructor(slots: ReadonlyMap<string, Slot> = new Map()) {
    this.#slots = slots;
  }

  static fromState(state: readonly stategate.v1.CounterSlot.$Properties[] | null | undefined): CounterSlots {
    return new CounterSlots(
      new Map(
        (state ?? []).map(({ replica, since, amount }) => [replica ?? '', { since: since ?? 0, amount: amount ?? 0n }]),
      ),
    );
  }

  get total(): bigint {
    let total = 0n;
    for (const { amount } of this.#slots.values()) total += amount;
    return total;
  }

  add(amount: bigint, { replica, dot }: Write): CounterSlots {
    const slot = this.#slots.get(replica) ?? { since: dot, amount: 0n };
    const sum = slot.amount + amount;
    if (sum > MAX) throw new CrdtError(`A counter cannot count beyond ${MAX}`);
    return new CounterSlots(new Map(this.#slots).set(replica, { since: slot.since, amount: sum }));
  }

  merge(other: CounterSlots): CounterSlots {
    const merged = new Map(this.#slots);
    for (const [replica, theirs] of other.#slots) {
      const ours = merged.get(replica);
      if (ours === undefined || isLater(theirs, ours)) merged.set(replica, theirs);
    }
    return new CounterSlots(merged);
  }

  toState(): stategate.v1.CounterSlot.$Properties[] {
    const slots = [...this.#slots].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return slots.map(([replica, { since, amount }]) => ({ replica, since, amount }));
  }
}

function isLater(one: Slot, other: Slot): boolean {
  return one.since === other.since ? one.amount > other.amount : one.since > other.since;
}
