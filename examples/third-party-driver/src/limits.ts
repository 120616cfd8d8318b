import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 ** 2;

/** A member with default settings refuses requests of more than 1.5 MiB; keys and tokens have to fit too. */
export const LIMITS: Limits = {
  maxEventBytes: MIB,
  maxBatchEvents: 1000,
  maxBatchBytes: 1.25 * MIB,
  maxSnapshotBytes: 1.25 * MIB,
  maxValueBytes: 1.25 * MIB,
};

export const TUNING: TuningProfile = {
  page: { events: 500, bytes: MIB },
  groupMax: 64,
  keepSnapshots: 2,
  maxConcurrentRecoveries: 32,
  snapshotEvery: { min: 25, target: 100, max: 800 },
};
