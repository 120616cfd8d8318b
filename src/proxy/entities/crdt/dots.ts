import type { stategate } from '@stategate/protocol';

/** The n-th write of a replica. */
export interface Dot {
  readonly replica: string;
  readonly counter: number;
}

/** All writes of each replica up to the one given. */
export type Seen = ReadonlyMap<string, number>;

/** What is there now, each with the writes that put it there; and all writes that were ever seen, so that no tombstones are needed. */
export interface Dotted<V extends Dot> {
  readonly entries: ReadonlyMap<string, readonly V[]>;
  readonly seen: Seen;
}

/** A write that one side has seen and no longer holds is gone; all others stay. */
export function mergeDotted<V extends Dot>(one: Dotted<V>, other: Dotted<V>): Dotted<V> {
  const entries = new Map<string, readonly V[]>();
  for (const [key, versions] of one.entries) {
    const theirs = other.entries.get(key) ?? [];
    const both = versions.filter((version) => !hasSeen(other.seen, version) || holds(theirs, version));
    const more = theirs.filter((version) => !hasSeen(one.seen, version));
    if (both.length + more.length > 0) entries.set(key, [...both, ...more].toSorted(compare));
  }
  for (const [key, theirs] of other.entries) {
    if (one.entries.has(key)) continue;
    const more = theirs.filter((version) => !hasSeen(one.seen, version));
    if (more.length > 0) entries.set(key, more);
  }
  return { entries, seen: mergeSeen(one.seen, other.seen) };
}

export function toDots(seen: Seen): stategate.v1.Dot.$Properties[] {
  return [...seen].map(([replica, counter]) => ({ replica, counter })).toSorted(compare);
}

export function fromDots(dots: readonly stategate.v1.Dot.$Properties[] | null | undefined): Seen {
  return new Map((dots ?? []).map((dot) => Object.values(fromDot(dot)) as [string, number]));
}

export function fromDot(dot: stategate.v1.Dot.$Properties | null | undefined): Dot {
  return { replica: dot?.replica ?? '', counter: dot?.counter ?? 0 };
}

function compare(one: Dot, other: Dot): number {
  if (one.replica !== other.replica) return one.replica < other.replica ? -1 : 1;
  return one.counter - other.counter;
}

function hasSeen(seen: Seen, { replica, counter }: Dot): boolean {
  return (seen.get(replica) ?? 0) >= counter;
}

function holds(versions: readonly Dot[], { replica, counter }: Dot): boolean {
  return versions.some((version) => version.replica === replica && version.counter === counter);
}

function mergeSeen(one: Seen, other: Seen): Seen {
  const merged = new Map(one);
  for (const [replica, counter] of other) merged.set(replica, Math.max(counter, merged.get(replica) ?? 0));
  return merged;
}
