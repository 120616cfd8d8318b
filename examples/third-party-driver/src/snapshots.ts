import type { Snapshot, SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, decodeOne, snapshotsFrom } from '@stategate/journal-spi/kit';
import { fromBody, headOf, toBody } from './bodies.ts';
import type { Client } from './client.ts';
import { endOf, sequenceNrOf, type Keys } from './keys.ts';
import { LIMITS } from './limits.ts';
import { get, put, range, remove, type KeyValue } from './messages.ts';
import { change, look, transact } from './transactions.ts';

export function createSnapshotStore(client: Client, keys: Keys): SnapshotStore {
  return snapshotsFrom(client.calls, {
    limits: LIMITS,

    async load(stream, max, call) {
      const { snapshot, snapshots } = keys.stream(stream);
      const [newest] = await look(client, [range(snapshot(max), endOf(snapshots), 1)], call);
      return newest === undefined ? null : toSnapshot(newest);
    },

    async save(stream, snapshot, fence, keep, call) {
      const { head, snapshots, snapshot: keyOf } = keys.stream(stream);
      const end = endOf(snapshots);
      const own = put(keyOf(snapshot.sequenceNr), toBody({ at: client.now() }, [snapshot]));
      // The newest, as many as are kept, and one that is too old.
      const newest = keep === undefined ? [] : [range(snapshots, end, keep + 1, true)];
      await change(client, call, { ops: [get(head), ...newest] }, ([found], [, others = []]) => {
        checkEpoch(fence, headOf(found).epoch);
        const numbers = new Set([snapshot.sequenceNr, ...others.map(({ key }) => sequenceNrOf(key))]);
        const tooOld = [...numbers].toSorted((a, b) => b - a)[keep ?? Infinity];
        if (tooOld === undefined) return [own];
        // One transaction must not write and delete the same key.
        return [remove(keyOf(tooOld), end), ...(tooOld < snapshot.sequenceNr ? [own] : [])];
      });
    },

    async delete(stream, max, call) {
      const { snapshot, snapshots } = keys.stream(stream);
      const all = remove(snapshot(max), endOf(snapshots));
      return (await transact(client, { success: [all] }, 'write', call)).deleted;
    },
  });
}

export function toSnapshot({ key, value }: KeyValue): Snapshot {
  const { facts, body } = fromBody(value);
  return { ...decodeOne(body), ...(facts as Pick<Snapshot, 'at'>), sequenceNr: sequenceNrOf(key) };
}
