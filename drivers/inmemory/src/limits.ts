import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 * 1024;

export const LIMITS: Limits = {
  maxEventBytes: 16 * MIB,
  maxBatchEvents: 10_000,
  maxBatchBytes: 64 * MIB,
  maxSnapshotBytes: 16 * MIB,
  maxValueBytes: 16 * MIB,
};

export const TUNING: TuningProfile = {
  page: { events: 1000, bytes: 4 * MIB },
  groupMax: 256,
  keepSnapshots: 1,
  maxConcurrentRecoveries: 256,
  snapshotEvery: { min: 100, target: 1000, max: 5000 },
};
