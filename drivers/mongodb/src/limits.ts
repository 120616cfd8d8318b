import type { Limits, TuningProfile } from '@stategate/journal-spi';

const MIB = 1024 ** 2;

/** An append, a snapshot and a value are one document each, and a document has 16 MiB at most. */
export const LIMITS: Limits = {
  maxEventBytes: 12 * MIB,
  maxBatchEvents: 1000,
  maxBatchBytes: 14 * MIB,
  maxSnapshotBytes: 12 * MIB,
  maxValueBytes: 12 * MIB,
};

export const TUNING: TuningProfile = {
  page: { events: 500, bytes: 2 * MIB },
  groupMax: 64,
  keepSnapshots: 2,
  maxConcurrentRecoveries: 64,
  snapshotEvery: { min: 60, target: 250, max: 600 },
};
