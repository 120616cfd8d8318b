import type { stategate } from '@stategate/protocol';
import { CounterSlots } from './counter-slots.ts';
import { type Crdt, type CrdtDelta, type CrdtState, incompatible, mismatch, type Write } from './crdt.ts';

/** Counts up and down, each on its own. */
export class PNCounter implements Crdt {
  readonly type = 'pncounter';
  readonly #up: CounterSlots;
  readonly #down: CounterSlots;

  constructor(up = new CounterSlots(), down = new CounterSlots()) {
    this.#up = up;
    this.#down = down;
  }

  static fromState({ increments, decrements }: stategate.v1.PNCounterState.$Properties): PNCounter {
    return new PNCounter(CounterSlots.fromState(increments), CounterSlots.fromState(decrements));
  }

  get #value(): bigint {
    return this.#up.total - this.#down.total;
  }

  apply(delta: CrdtDelta, write: Write): PNCounter {
    if (delta.pncounter == null) throw incompatible(delta, this.type);
    const change = delta.pncounter.change ?? 0n;
    const [up, down] = change < 0n ? [0n, -change] : [change, 0n];
    return new PNCounter(this.#up.add(up, write), this.#down.add(down, write));
  }

  deltaTo(next: Crdt): CrdtDelta | undefined {
    if (!(next instanceof PNCounter)) throw mismatch(next.type, this.type);
    const change = next.#value - this.#value;
    return change === 0n ? undefined : { pncounter: { change } };
  }

  fullDelta(): CrdtDelta {
    return { pncounter: { change: this.#value } };
  }

  merge(other: Crdt): PNCounter {
    if (!(other instanceof PNCounter)) throw mismatch(other.type, this.type);
    return new PNCounter(this.#up.merge(other.#up), this.#down.merge(other.#down));
  }

  toState(): CrdtState {
    return { pncounter: { increments: this.#up.toState(), decrements: this.#down.toState() } };
  }
}
