import type { SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, snapshotsFrom } from '@stategate/journal-spi/kit';
import { LIMITS } from './limits.ts';
import { namesOf, toRow, toSnapshot } from './rows.ts';
import type { StoreWorker } from './store-worker.ts';

export function createSnapshotStore(worker: StoreWorker): SnapshotStore {
  return snapshotsFrom(worker.calls, {
    limits: LIMITS,

    async load(stream, max, call) {
      const found = await worker.ask('read', 'loadSnapshot', [namesOf(stream), max], call);
      return found && toSnapshot(found);
    },

    async save(stream, snapshot, fence, keep, call) {
      const request = [namesOf(stream), snapshot.sequenceNr, toRow(snapshot), fence.epoch, keep ?? null] as const;
      checkEpoch(fence, await worker.ask('write', 'saveSnapshot', request, call));
    },

    delete: (stream, max, call) => worker.ask('write', 'deleteSnapshots', [namesOf(stream), max], call),
  });
}
