/** Between how many events a snapshot is stored, at least and at most; `target` until there are measurements. */
export interface SnapshotRange {
  readonly min: number;
  readonly target: number;
  readonly max: number;
}

/** A snapshot that covers so many bytes of events is worth storing, however few they are. */
const WORTH_BYTES = 256 * 1024;
/** Weight of the newest measurement. */
const NEW = 0.1;

/**
 * Which of the snapshots that one entity type offers are stored. Each event costs its replay at every activation until a snapshot
 * covers it, each snapshot costs its writing: with `c` the replay of an event, `w` the writing of a snapshot and `a` the activations
 * for each event, the sum is least at one snapshot every √(2w / ac) events. All three are measured as they go.
 */
export class SnapshotPolicy {
  readonly #range: SnapshotRange;
  readonly #storeAll: boolean;
  #replayMsPerEvent: number | undefined;
  #writeMs: number | undefined;
  #activations = 0;
  #events = 0;

  constructor(range: SnapshotRange, storeAll: boolean) {
    this.#range = range;
    this.#storeAll = storeAll;
  }

  /** An entity came to life by replaying so many events. */
  activated(replayedEvents: number, durationMs: number): void {
    this.#activations += 1;
    if (replayedEvents > 0) this.#replayMsPerEvent = average(this.#replayMsPerEvent, durationMs / replayedEvents);
  }

  appended(events: number): void {
    this.#events += events;
  }

  saved(durationMs: number): void {
    this.#writeMs = average(this.#writeMs, durationMs);
  }

  /** Whether a snapshot that covers so many events, which take so many bytes, is worth storing. */
  accepts(events: number, bytes: number): boolean {
    return this.#storeAll || events >= this.every() || (bytes >= WORTH_BYTES && events >= this.#range.min);
  }

  /** Between how many events a snapshot is stored now. */
  every(): number {
    const { min, target, max } = this.#range;
    if (this.#replayMsPerEvent === undefined || this.#writeMs === undefined || this.#events === 0) return target;
    const activationsPerEvent = Math.max(this.#activations / this.#events, 1e-6);
    const best = Math.sqrt((2 * this.#writeMs) / (this.#replayMsPerEvent * activationsPerEvent));
    return Math.round(Math.min(Math.max(best, min), max));
  }

  /** Whether a snapshot that was offered and not stored should be, now that the entity leaves memory. */
  acceptsAtEnd(events: number): boolean {
    return events >= this.#range.min;
  }
}

function average(before: number | undefined, measured: number): number {
  return before === undefined ? measured : before + NEW * (measured - before);
}
