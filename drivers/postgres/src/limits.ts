import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 ** 2;

export const LIMITS: Limits = {
  maxEventBytes: 16 * MIB,
  maxBatchEvents: 1000,
  maxBatchBytes: 64 * MIB,
  maxSnapshotBytes: 16 * MIB,
  maxValueBytes: 16 * MIB,
};

export const TUNING: TuningProfile = {
  page: { events: 1000, bytes: MIB },
  groupMax: 128,
  keepSnapshots: 2,
  maxConcurrentRecoveries: 64,
  snapshotEvery: { min: 40, target: 150, max: 600 },
};
