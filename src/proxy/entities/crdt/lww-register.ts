import { cloudstate, type stategate } from '@stategate/protocol';
import { type Crdt, type CrdtDelta, type CrdtState, incompatible, mismatch, type Write } from './crdt.ts';
import { type Element, fromElement, toElement } from './element.ts';

type Clocked = Pick<cloudstate.crdt.LWWRegisterDelta.$Properties, 'clock' | 'customClockValue'>;

const { CrdtClock } = cloudstate.crdt;
const NOTHING: Element = toElement({});

/** One value: of those written at the same time the one with the latest clock stays. */
export class LWWRegister implements Crdt {
  readonly type = 'lwwregister';
  readonly #value: Element;
  /** Undefined until it is written. */
  readonly #written: { readonly time: bigint; readonly replica: string } | undefined;

  constructor(value: Element = NOTHING, written?: { readonly time: bigint; readonly replica: string }) {
    this.#value = value;
    this.#written = written;
  }

  static fromState({ value, clockTime, replica }: stategate.v1.LWWRegisterState.$Properties): LWWRegister {
    if (!replica) return new LWWRegister();
    return new LWWRegister(toElement(value ?? {}), { time: clockTime ?? 0n, replica });
  }

  /** What the user function holds now, whatever the clock says: `merge` with the value before decides which of the two stays. */
  apply(delta: CrdtDelta, { replica, nowMs }: Write): LWWRegister {
    if (delta.lwwregister == null) throw incompatible(delta, this.type);
    const time = nextTime(delta.lwwregister, BigInt(nowMs), this.#written?.time);
    return new LWWRegister(toElement(delta.lwwregister.value ?? {}), { time, replica });
  }

  deltaTo(next: Crdt): CrdtDelta | undefined {
    if (!(next instanceof LWWRegister)) throw mismatch(next.type, this.type);
    return next.#value === this.#value ? undefined : next.fullDelta();
  }

  fullDelta(): CrdtDelta {
    return { lwwregister: { value: fromElement(this.#value) } };
  }

  merge(other: Crdt): LWWRegister {
    if (!(other instanceof LWWRegister)) throw mismatch(other.type, this.type);
    return this.#isAfter(other) ? this : other;
  }

  /** Ties are broken by what both sides know: the lowest replica, then the value. */
  #isAfter(other: LWWRegister): boolean {
    const [ours, theirs] = [this.#written, other.#written];
    if (ours === undefined || theirs === undefined) return theirs === undefined;
    if (ours.time !== theirs.time) return ours.time > theirs.time;
    if (ours.replica !== theirs.replica) return ours.replica < theirs.replica;
    return this.#value > other.#value;
  }

  toState(): CrdtState {
    const { time, replica } = this.#written ?? { time: 0n, replica: '' };
    return { lwwregister: { value: fromElement(this.#value), clockTime: time, replica } };
  }
}

function nextTime({ clock, customClockValue }: Clocked, now: bigint, last: bigint | undefined): bigint {
  const custom = customClockValue ?? 0n;
  switch (clock) {
    case CrdtClock.REVERSE:
      return last === undefined || -now < last ? -now : last - 1n;
    case CrdtClock.CUSTOM:
      return custom;
    case CrdtClock.CUSTOM_AUTO_INCREMENT:
      return last === undefined || custom > last ? custom : last + 1n;
    default:
      return last === undefined || now > last ? now : last + 1n;
  }
}
