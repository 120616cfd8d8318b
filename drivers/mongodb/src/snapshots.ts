import type { SequenceNr, SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, decodeOne, encodePacked, snapshotsFrom } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { keyOf, partsOf } from './commits.ts';
import type { CommitLog } from './commits.ts';
import { LIMITS } from './limits.ts';
import type { Store } from './store.ts';

interface StoredSnapshot extends StreamKey {
  readonly _id: string;
  readonly sequenceNr: SequenceNr;
  readonly at: Date;
  readonly body: Uint8Array;
}

/** One document each. What an owner saves who does not know yet that he lost is no harm: it is the state after events that stay. */
export function createSnapshots(store: Store, log: CommitLog): SnapshotStore {
  const snapshots = store.collection<StoredSnapshot>('snapshots');

  async function remove(stream: StreamKey, max: SequenceNr, call: Call): Promise<number> {
    const { deletedCount } = await store.run('write', call, (limits) =>
      snapshots.deleteMany(upTo(stream, max), limits),
    );
    return deletedCount;
  }

  return snapshotsFrom(store.calls, {
    limits: LIMITS,
    delete: remove,

    async load(stream, max, call) {
      const found = await store.run('read', call, (limits) =>
        snapshots.findOne(upTo(stream, max), { ...limits, sort: { sequenceNr: -1 } }),
      );
      return found && { ...decodeOne(found.body), sequenceNr: found.sequenceNr, at: found.at.getTime() };
    },

    async save(stream, snapshot, fence, keep, call) {
      checkEpoch(fence, (await log.tail(stream, call)).epoch);
      const { sequenceNr } = snapshot;
      const _id = `${keyOf(stream)}${sequenceNr}`;
      const document = { ...partsOf(stream), sequenceNr, at: new Date(store.now()), body: encodePacked([snapshot]) };
      await store.upsert('write', call, (limits) =>
        snapshots.replaceOne({ _id }, document, { ...limits, upsert: true }),
      );
      if (keep === undefined) return;
      const oldest = await store.run('read', call, (limits) =>
        snapshots.findOne(partsOf(stream), {
          ...limits,
          projection: { sequenceNr: 1 },
          sort: { sequenceNr: -1 },
          skip: keep,
        }),
      );
      if (oldest !== null) await remove(stream, oldest.sequenceNr, call);
    },
  });
}

function upTo(stream: StreamKey, max: SequenceNr) {
  return { ...partsOf(stream), sequenceNr: { $lte: max } };
}
