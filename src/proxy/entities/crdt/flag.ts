import type { stategate } from '@stategate/protocol';
import { type Crdt, type CrdtDelta, CrdtError, type CrdtState, incompatible, mismatch } from './crdt.ts';

/** Is switched on once, and stays on. */
export class Flag implements Crdt {
  readonly type = 'flag';
  readonly #on: boolean;

  constructor(on = false) {
    this.#on = on;
  }

  static fromState({ value }: stategate.v1.FlagState.$Properties): Flag {
    return new Flag(value ?? false);
  }

  apply(delta: CrdtDelta): Flag {
    if (delta.flag == null) throw incompatible(delta, this.type);
    const on = delta.flag.value ?? false;
    if (this.#on && !on) throw new CrdtError('Cannot switch off already enabled flag');
    return new Flag(on);
  }

  deltaTo(next: Crdt): CrdtDelta | undefined {
    if (!(next instanceof Flag) || (this.#on && !next.#on)) throw mismatch(next.type, this.type);
    return next.#on === this.#on ? undefined : next.fullDelta();
  }

  fullDelta(): CrdtDelta {
    return { flag: { value: this.#on } };
  }

  merge(other: Crdt): Flag {
    if (!(other instanceof Flag)) throw mismatch(other.type, this.type);
    return new Flag(this.#on || other.#on);
  }

  toState(): CrdtState {
    return { flag: { value: this.#on } };
  }
}
