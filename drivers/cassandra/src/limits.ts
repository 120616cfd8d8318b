import type { Limits, TuningProfile } from '@stategate/journal-spi';

const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
/** With Cassandra's own defaults. */
const MAX_MUTATION_BYTES = 16 * UNITS.MiB;

/**
 * The server takes a write whole or not at all: half of a commit log segment at most, less when Paxos wraps it. A quarter is left
 * for keys and for the numbers of the events. `maxMutationSize` is the setting of the server, if it shows it.
 */
export function limitsOf(maxMutationSize = ''): Limits {
  const [, digits, unit] = /^(\d+)(B|KiB|MiB|GiB)$/.exec(maxMutationSize) ?? [];
  const most = digits === undefined ? MAX_MUTATION_BYTES : Number(digits) * UNITS[unit as keyof typeof UNITS];
  const bytes = Math.min(8 * UNITS.MiB, Math.floor(most * 0.75));
  return {
    maxEventBytes: bytes,
    maxBatchEvents: 1000,
    maxBatchBytes: bytes,
    maxSnapshotBytes: bytes,
    maxValueBytes: bytes,
  };
}

export const TUNING: TuningProfile = {
  page: { events: 500, bytes: UNITS.MiB },
  groupMax: 128,
  keepSnapshots: 1,
  maxConcurrentRecoveries: 64,
  snapshotEvery: { min: 60, target: 250, max: 600 },
};
