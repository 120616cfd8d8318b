import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 ** 2;

/**
 * The server takes a write whole or not at all: half of a commit log segment at most, less when Paxos wraps it. A quarter is left
 * for keys and for the numbers of the events.
 */
export function limitsOf(maxMutationBytes: number): Limits {
  const bytes = Math.min(8 * MIB, Math.floor(maxMutationBytes * 0.75));
  return {
    maxEventBytes: bytes,
    maxBatchEvents: 1000,
    maxBatchBytes: bytes,
    maxSnapshotBytes: bytes,
    maxValueBytes: bytes,
  };
}

/** Of a server with Cassandra's own defaults, when it does not show its settings. */
export const DEFAULT_MAX_MUTATION_BYTES = 16 * MIB;

export const TUNING: TuningProfile = {
  page: { events: 500, bytes: MIB },
  groupMax: 128,
  keepSnapshots: 1,
  maxConcurrentRecoveries: 64,
  snapshotEvery: { min: 60, target: 250, max: 600 },
};
