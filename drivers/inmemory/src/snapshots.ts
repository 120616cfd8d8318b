import type { Snapshot, SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, payloadBytes, validateSnapshot, validateStream } from '@stategate/journal-spi/kit';
import { copyPayload } from './database.ts';
import type { Database } from './database.ts';
import type { Gate } from './gate.ts';
import { LIMITS } from './limits.ts';
import { ensureStream, findStream, newestSnapshot } from './streams.ts';

export function createSnapshotStore(database: Database, gate: Gate): SnapshotStore {
  function free(removed: readonly Snapshot[]): void {
    for (const snapshot of removed) database.free(1, payloadBytes(snapshot));
  }

  return {
    async load(key, { maxSequenceNr }, options) {
      gate.enter(options);
      validateStream(key);
      const snapshot = newestSnapshot(findStream(database, key), maxSequenceNr);
      return snapshot === undefined ? null : copySnapshot(snapshot);
    },

    async save(key, snapshot, fence, { keep, ...options }) {
      gate.enterToWrite(options);
      validateSnapshot(key, snapshot, fence, LIMITS, keep);
      const stream = ensureStream(database, key);
      checkEpoch(fence, stream.epoch);
      database.take(1, payloadBytes(snapshot));
      const { snapshots } = stream;
      const older = snapshots.findLastIndex(({ sequenceNr }) => sequenceNr < snapshot.sequenceNr) + 1;
      const same = snapshots[older]?.sequenceNr === snapshot.sequenceNr ? 1 : 0;
      free(snapshots.splice(older, same, copySnapshot({ ...snapshot, at: gate.now() })));
      if (keep !== undefined) free(snapshots.splice(0, snapshots.length - keep));
    },

    async delete(key, { maxSequenceNr = Infinity }, options) {
      gate.enterToWrite(options);
      validateStream(key);
      const snapshots = findStream(database, key)?.snapshots ?? [];
      const kept = snapshots.findIndex(({ sequenceNr }) => sequenceNr > maxSequenceNr);
      const removed = snapshots.splice(0, kept === -1 ? snapshots.length : kept);
      free(removed);
      return removed.length;
    },
  };
}

export function copySnapshot(snapshot: Snapshot): Snapshot {
  return { ...copyPayload(snapshot), sequenceNr: snapshot.sequenceNr, at: snapshot.at };
}
