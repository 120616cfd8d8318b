import type { OpOptions, SequenceNr, Snapshot, SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, snapshotsFrom } from '@stategate/journal-spi/kit';
import { keyOf, partsOf } from './commits.ts';
import type { CommitLog } from './commits.ts';
import { LIMITS } from './limits.ts';
import { toPayload } from './store.ts';
import type { Store, StoredPayload } from './store.ts';

interface StoredSnapshot extends StreamKey, StoredPayload {
  readonly _id: string;
  readonly sequenceNr: SequenceNr;
  readonly at: Date;
}

export interface Snapshots {
  readonly store: SnapshotStore;
  newest(stream: StreamKey, max: SequenceNr, options: OpOptions): Promise<Snapshot | null>;
}

/** One document each. What an owner saves who does not know yet that he lost is no harm: it is the state after events that stay. */
export function createSnapshots(store: Store, log: CommitLog): Snapshots {
  const snapshots = store.collection<StoredSnapshot>('snapshots');

  async function newest(stream: StreamKey, max: SequenceNr, options: OpOptions): Promise<Snapshot | null> {
    const found = await store.run('read', options, (limits) =>
      snapshots.findOne(filter(stream, max), { ...limits, promoteBuffers: true, sort: { sequenceNr: -1 } }),
    );
    return found && { ...toPayload(found), sequenceNr: found.sequenceNr, at: found.at.getTime() };
  }

  /** Removes all but the newest. */
  async function prune(stream: StreamKey, keep: number, options: OpOptions): Promise<void> {
    const [oldest] = await store.run('read', options, (limits) =>
      snapshots
        .find(partsOf(stream), { ...limits, projection: { _id: 0, sequenceNr: 1 } })
        .sort({ sequenceNr: -1 })
        .skip(keep)
        .limit(1)
        .toArray(),
    );
    if (oldest === undefined) return;
    await store.run('write', options, (limits) => snapshots.deleteMany(filter(stream, oldest.sequenceNr), limits));
  }

  return {
    newest,
    store: snapshotsFrom(store.calls, {
      limits: LIMITS,
      load: newest,

      async save(stream, snapshot, fence, keep, call) {
        checkEpoch(fence, (await log.tail(stream, call)).epoch);
        const { sequenceNr, manifest, payload, meta } = snapshot;
        const _id = `${keyOf(stream)}${sequenceNr}`;
        const at = new Date(store.now());
        const document = { ...partsOf(stream), sequenceNr, at, manifest, payload, ...(meta && { meta }) };
        await store.run('write', call, (limits) =>
          store.upserting(() => snapshots.replaceOne({ _id }, document, { ...limits, upsert: true })),
        );
        if (keep !== undefined) await prune(stream, keep, call);
      },

      async delete(stream, max, call) {
        const { deletedCount } = await store.run('write', call, (limits) =>
          snapshots.deleteMany(filter(stream, max), limits),
        );
        return deletedCount;
      },
    }),
  };
}

function filter(stream: StreamKey, max: SequenceNr) {
  return { ...partsOf(stream), sequenceNr: { $lte: max } };
}
