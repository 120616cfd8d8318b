import type { OpOptions, SequenceNr, Snapshot, SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, validateSnapshot, validateStream } from '@stategate/journal-spi/kit';
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

interface UpTo {
  readonly maxSequenceNr?: SequenceNr;
}

export interface Snapshots {
  readonly store: SnapshotStore;
  newest(stream: StreamKey, query: UpTo, options: OpOptions): Promise<Snapshot | null>;
}

/** One document each. What an owner saves who does not know yet that he lost is no harm: it is the state after events that stay. */
export function createSnapshots(store: Store, log: CommitLog): Snapshots {
  const snapshots = store.collection<StoredSnapshot>('snapshots');

  async function newest(stream: StreamKey, query: UpTo, options: OpOptions): Promise<Snapshot | null> {
    const found = await store.run('read', options, (limits) =>
      snapshots.findOne(filter(stream, query), { ...limits, promoteBuffers: true, sort: { sequenceNr: -1 } }),
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
    await store.run('write', options, (limits) =>
      snapshots.deleteMany(filter(stream, { maxSequenceNr: oldest.sequenceNr }), limits),
    );
  }

  return {
    newest,
    store: {
      async load(stream, query, options) {
        validateStream(stream);
        return newest(stream, query, options);
      },

      async save(stream, snapshot, fence, { keep, ...options }) {
        validateSnapshot(stream, snapshot, fence, LIMITS, keep);
        checkEpoch(fence, (await log.tail(stream, options)).epoch);
        const { sequenceNr, manifest, payload, meta } = snapshot;
        const _id = `${keyOf(stream)}${sequenceNr}`;
        const document = {
          ...partsOf(stream),
          sequenceNr,
          at: new Date(store.now()),
          manifest,
          payload,
          ...(meta === undefined ? {} : { meta }),
        };
        await store.run('write', options, (limits) =>
          store.upserting(() => snapshots.replaceOne({ _id }, document, { ...limits, upsert: true })),
        );
        if (keep !== undefined) await prune(stream, keep, options);
      },

      async delete(stream, query, options) {
        validateStream(stream);
        const { deletedCount } = await store.run('write', options, (limits) =>
          snapshots.deleteMany(filter(stream, query), limits),
        );
        return deletedCount;
      },
    },
  };
}

function filter(stream: StreamKey, { maxSequenceNr = Number.MAX_SAFE_INTEGER }: UpTo) {
  return { ...partsOf(stream), sequenceNr: { $lte: maxSequenceNr } };
}
