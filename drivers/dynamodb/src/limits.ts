import type { Limits, TuningProfile } from '@stategate/journal-spi';

const KIB = 1024;
const MIB = 1024 ** 2;

/** DynamoDB takes items of 400 KB, names of attributes and everything else included. */
export const INLINE_BYTES = 300 * KIB;
export const PART_BYTES = 350 * KIB;

export const LIMITS: Limits = {
  maxEventBytes: 16 * MIB,
  maxBatchEvents: 1000,
  maxBatchBytes: 32 * MIB,
  maxSnapshotBytes: 16 * MIB,
  maxValueBytes: 16 * MIB,
};

/** Writes cost five to ten times what reads do: few snapshots, and one of them at a time. */
export const TUNING: TuningProfile = {
  page: { events: 500, bytes: MIB },
  groupMax: 128,
  keepSnapshots: 1,
  maxConcurrentRecoveries: 64,
  snapshotEvery: { min: 100, target: 500, max: 800 },
};
