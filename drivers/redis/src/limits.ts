import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 ** 2;

/** A script that writes holds up everybody else's: this is what it may take at once. */
export const LIMITS: Limits = {
  maxEventBytes: 16 * MIB,
  maxBatchEvents: 1000,
  maxBatchBytes: 32 * MIB,
  maxSnapshotBytes: 16 * MIB,
  maxValueBytes: 16 * MIB,
};

export const TUNING: TuningProfile = {
  page: { events: 500, bytes: MIB },
  groupMax: 128,
  keepSnapshots: 2,
  maxConcurrentRecoveries: 128,
  snapshotEvery: { min: 25, target: 100, max: 800 },
};
