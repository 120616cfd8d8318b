import type { stategate } from '@stategate/protocol';
import { type Crdt, type CrdtDelta, type CrdtState, incompatible, mismatch, type View, type Write } from './crdt.ts';

/** One vote for each replica, counted over those that are members now. */
export class Vote implements Crdt {
  readonly type = 'vote';
  /** How often each replica has changed its vote: odd means yes. */
  readonly #changes: ReadonlyMap<string, number>;

  constructor(changes: ReadonlyMap<string, number> = new Map()) {
    this.#changes = changes;
  }

  static fromState({ slots }: stategate.v1.VoteState.$Properties): Vote {
    return new Vote(new Map(slots?.map(({ replica, changes }) => [replica ?? '', changes ?? 0])));
  }

  apply(delta: CrdtDelta, { replica, dot }: Write): Vote {
    if (delta.vote == null) throw incompatible(delta, this.type);
    // In a map: above all that this replica has ever had under the same key.
    const changes = this.#changes.get(replica) ?? 2 * dot;
    const changed = isYes(changes) !== (delta.vote.selfVote ?? false);
    return new Vote(new Map(this.#changes).set(replica, changes + (changed ? 1 : 0)));
  }

  deltaTo(next: Crdt, view: View): CrdtDelta | undefined {
    if (!(next instanceof Vote)) throw mismatch(next.type, this.type);
    const [before, after] = [this.#counted(view), next.#counted(view)];
    const same = before.selfVote === after.selfVote && before.votesFor === after.votesFor;
    return same ? undefined : { vote: after };
  }

  fullDelta(view: View): CrdtDelta {
    return { vote: this.#counted(view) };
  }

  #counted({ replica, members }: View): { selfVote: boolean; votesFor: number; totalVoters: number } {
    const votesFor = members.filter((member) => this.#votesYes(member)).length;
    return { selfVote: this.#votesYes(replica), votesFor, totalVoters: members.length };
  }

  #votesYes(replica: string): boolean {
    return isYes(this.#changes.get(replica) ?? 0);
  }

  merge(other: Crdt): Vote {
    if (!(other instanceof Vote)) throw mismatch(other.type, this.type);
    const merged = new Map(this.#changes);
    for (const [replica, changes] of other.#changes) merged.set(replica, Math.max(changes, merged.get(replica) ?? 0));
    return new Vote(merged);
  }

  toState(): CrdtState {
    const slots = [...this.#changes].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return { vote: { slots: slots.map(([replica, changes]) => ({ replica, changes })) } };
  }
}

function isYes(changes: number): boolean {
  return changes % 2 === 1;
}
