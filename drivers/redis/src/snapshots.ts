import type { Snapshot, SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, snapshotsFrom } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { LIMITS } from './limits.ts';
import { fromRecord, toRecord } from './records.ts';
import { bytes, list, number } from './replies.ts';
import { SAVE_SNAPSHOT } from './scripts.ts';

export function createSnapshotStore(connection: Connection, keys: Keys): SnapshotStore {
  return snapshotsFrom(connection.calls, {
    limits: LIMITS,

    async load(stream, max, call) {
      const args = [keys.stream(stream).snapshots, max, '-inf', 'LIMIT', 0, 1];
      const [record] = list(await connection.command('read', 'ZREVRANGEBYSCORE', args, call));
      return record === undefined ? null : toSnapshot(bytes(record));
    },

    async save(stream, snapshot, fence, keep, call) {
      const { head, snapshots } = keys.stream(stream);
      const record = toRecord(snapshot, [snapshot.sequenceNr, connection.now()]);
      const args = [fence.epoch, snapshot.sequenceNr, keep ?? 0, record];
      checkEpoch(fence, number(await connection.run(SAVE_SNAPSHOT, 'write', [head, snapshots], args, call)));
    },

    async delete(stream, max, call) {
      const args = [keys.stream(stream).snapshots, '-inf', max];
      return number(await connection.command('write', 'ZREMRANGEBYSCORE', args, call));
    },
  });
}

export function toSnapshot(record: Buffer): Snapshot {
  const { payload, facts } = fromRecord(record);
  const [sequenceNr, at] = facts;
  return { ...payload, sequenceNr: Number(sequenceNr), at: Number(at) };
}
