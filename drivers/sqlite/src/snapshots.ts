import type { Fence, NewSnapshot, SequenceNr, Snapshot, SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { validateSnapshot, validateStream } from '@stategate/journal-spi/kit';
import { fenced, packStream } from './journal.ts';
import { LIMITS } from './limits.ts';
import type { Exchange, StoreWorker } from './store-worker.ts';

export function createSnapshotStore(worker: StoreWorker): SnapshotStore {
  return {
    load: (stream, { maxSequenceNr = Number.MAX_SAFE_INTEGER }, options) =>
      worker.askOne(load, { stream, maxSequenceNr }, options),

    save: (stream, snapshot, fence, { keep, ...options }) =>
      worker.askOne(save, { stream, snapshot, fence, keep }, options),

    delete: (stream, { maxSequenceNr = Number.MAX_SAFE_INTEGER }, options) =>
      worker.askOne(remove, { stream, maxSequenceNr }, options),
  };
}

interface UpTo {
  readonly stream: StreamKey;
  readonly maxSequenceNr: SequenceNr;
}

interface Save {
  readonly stream: StreamKey;
  readonly snapshot: NewSnapshot;
  readonly fence: Fence;
  readonly keep: number | undefined;
}

const load: Exchange<UpTo, Snapshot | null> = {
  operation: 'loadSnapshot',
  effect: 'read',
  check: ({ stream }) => validateStream(stream),
  pack: packUpTo,
  unpack(outcome, input) {
    if (outcome === 'none') return null;
    return { sequenceNr: input.number(), at: input.number(), ...input.payload() };
  },
};

const save: Exchange<Save, void> = {
  operation: 'saveSnapshot',
  effect: 'write',
  check: ({ stream, snapshot, fence, keep }) => validateSnapshot(stream, snapshot, fence, LIMITS, keep),
  pack({ stream, snapshot, fence, keep = 0 }, output) {
    packStream(stream, output);
    output.add(fence.epoch, keep, snapshot.sequenceNr);
    output.addPayload(snapshot);
  },
  unpack(outcome, input, { fence }) {
    if (outcome === 'fenced') throw fenced(fence, input);
  },
};

const remove: Exchange<UpTo, number> = {
  operation: 'deleteSnapshots',
  effect: 'write',
  check: ({ stream }) => validateStream(stream),
  pack: packUpTo,
  unpack: (_, input) => input.number(),
};

function packUpTo({ stream, maxSequenceNr }: UpTo, output: Parameters<typeof packStream>[1]): void {
  packStream(stream, output);
  output.add(maxSequenceNr);
}
