import type { cloudstate } from '@stategate/protocol';

export type Delta = cloudstate.crdt.CrdtDelta.$Properties;

/** A CRDT as the user function holds it: a plain value that records what has been done to it. */
export abstract class Node {
  /** What the protocol calls its type; the delta that changes nothing. */
  abstract readonly empty: Delta;
  /** A change by others. */
  abstract apply(delta: Delta): void;
  /** What has changed here since the last time; undefined for nothing. */
  abstract take(): Delta | undefined;
  /** Takes back what has changed here since the last `take`. */
  abstract undo(): void;

  /** @throws Error when the delta is of another type */
  protected of<Member extends keyof Delta>(delta: Delta, member: Member): NonNullable<Delta[Member]> {
    const found = delta[member];
    if (found === undefined || found === null) {
      const given = Object.entries(delta).find(([, value]) => value !== undefined && value !== null)?.[0];
      throw new Error(`The proxy holds a ${given ?? 'nothing'} where the entity has a ${member}`);
    }
    return found;
  }
}
