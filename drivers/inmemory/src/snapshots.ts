import type { Snapshot, SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, payloadBytes, snapshotsFrom } from '@stategate/journal-spi/kit';
import type { Calls } from '@stategate/journal-spi/kit';
import { copyPayload } from './database.ts';
import type { Database } from './database.ts';
import { LIMITS } from './limits.ts';
import { ensureStream, findStream } from './streams.ts';

export function createSnapshotStore(database: Database, calls: Calls, now: () => number): SnapshotStore {
  function free(removed: readonly Snapshot[]): void {
    for (const snapshot of removed) database.free(1, payloadBytes(snapshot));
  }

  return snapshotsFrom(calls, {
    limits: LIMITS,

    load: async (key, max) => newestSnapshot(database, key, max),

    async save(key, snapshot, fence, keep) {
      const stream = ensureStream(database, key);
      checkEpoch(fence, stream.epoch);
      database.take(1, payloadBytes(snapshot));
      const { snapshots } = stream;
      const older = snapshots.findLastIndex(({ sequenceNr }) => sequenceNr < snapshot.sequenceNr) + 1;
      const same = snapshots[older]?.sequenceNr === snapshot.sequenceNr ? 1 : 0;
      free(snapshots.splice(older, same, copySnapshot({ ...snapshot, at: now() })));
      if (keep !== undefined) free(snapshots.splice(0, snapshots.length - keep));
    },

    async delete(key, max) {
      const snapshots = findStream(database, key)?.snapshots ?? [];
      const kept = snapshots.findIndex(({ sequenceNr }) => sequenceNr > max);
      const removed = snapshots.splice(0, kept === -1 ? snapshots.length : kept);
      free(removed);
      return removed.length;
    },
  });
}

export function newestSnapshot(database: Database, key: StreamKey, max = Infinity): Snapshot | null {
  const found = findStream(database, key)?.snapshots.findLast(({ sequenceNr }) => sequenceNr <= max);
  return found === undefined ? null : copySnapshot(found);
}

function copySnapshot(snapshot: Snapshot): Snapshot {
  return { ...copyPayload(snapshot), sequenceNr: snapshot.sequenceNr, at: snapshot.at };
}
