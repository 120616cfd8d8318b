import type { stategate } from '@stategate/protocol';
import { CounterSlots } from './counter-slots.ts';
import { type Crdt, type CrdtDelta, CrdtError, type CrdtState, incompatible, mismatch, type Write } from './crdt.ts';

/** Counts up. */
export class GCounter implements Crdt {
  readonly type = 'gcounter';
  readonly #slots: CounterSlots;

  constructor(slots = new CounterSlots()) {
    this.#slots = slots;
  }

  static fromState({ slots }: stategate.v1.GCounterState.$Properties): GCounter {
    return new GCounter(CounterSlots.fromState(slots));
  }

  apply(delta: CrdtDelta, write: Write): GCounter {
    if (delta.gcounter == null) throw incompatible(delta, this.type);
    const amount = BigInt.asIntN(64, delta.gcounter.increment ?? 0n);
    if (amount < 0n) throw new CrdtError(`Cannot decrement a GCounter, requested amount was ${amount}`);
    return new GCounter(this.#slots.add(amount, write));
  }

  deltaTo(next: Crdt): CrdtDelta | undefined {
    const change = next instanceof GCounter ? next.#slots.total - this.#slots.total : -1n;
    if (change < 0n) throw mismatch(next.type, this.type);
    return change === 0n ? undefined : { gcounter: { increment: change } };
  }

  fullDelta(): CrdtDelta {
    return { gcounter: { increment: this.#slots.total } };
  }

  merge(other: Crdt): GCounter {
    if (!(other instanceof GCounter)) throw mismatch(other.type, this.type);
    return new GCounter(this.#slots.merge(other.#slots));
  }

  toState(): CrdtState {
    return { gcounter: { slots: this.#slots.toState() } };
  }
}
