import type { Crdt, CrdtDelta, View } from './crdt.ts';
import { applyDelta } from './values.ts';

/** The value on both sides of the stream: what the user function holds, and what it would hold if it had been told of everything. */
export class Turns {
  #view: View = { replica: '', members: [] };
  #known: Crdt | undefined;
  #current: Crdt | undefined;

  /** The user function begins with what is stored: with the delta that this returns. */
  begin(replica: string, stored: Crdt | undefined): CrdtDelta | undefined {
    // Alone until there is a cluster.
    this.#view = { replica, members: [replica] };
    this.#known = this.#current = stored;
    return stored?.fullDelta(this.#view);
  }

  /** Takes in what the user function has done; returns the value after it. Throws `CrdtError`. */
  change(delta: CrdtDelta, nowMs: number): Crdt {
    const [known, current] = [this.#known, this.#current];
    const next = applyDelta(known, delta, this.#view.replica, nowMs);
    // Only a register's clock may decide against the user function, which then is told.
    const follows = current === undefined || (current === known && next.type !== 'lwwregister');
    this.#current = follows ? next : current.merge(next);
    this.#known = next;
    return this.#current;
  }

  /** Takes in what another replica holds. Throws `CrdtError`. */
  merge(other: Crdt): void {
    this.#current = this.#current?.merge(other) ?? other;
  }

  /** What the user function must be told to know everything; from then on it does. Throws `CrdtError`. */
  tell(): CrdtDelta | undefined {
    const [known, current] = [this.#known, this.#current];
    if (current === undefined || current === known) return undefined;
    this.#known = current;
    return known === undefined ? current.fullDelta(this.#view) : known.deltaTo(current, this.#view);
  }

  forget(): void {
    this.#known = this.#current = undefined;
  }
}
