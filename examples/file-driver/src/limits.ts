import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 * 1024;

export const LIMITS: Limits = {
  maxEventBytes: MIB,
  maxBatchEvents: 1_000,
  maxBatchBytes: 4 * MIB,
  maxSnapshotBytes: MIB,
  maxValueBytes: MIB,
};

export const TUNING: TuningProfile = {
  page: { events: 500, bytes: MIB },
  groupMax: 64,
  keepSnapshots: 2,
  maxConcurrentRecoveries: 20,
  snapshotEvery: { min: 25, target: 100, max: 800 },
};
