import { StoreError } from '@stategate/journal-spi';
import type { Fence, SequenceNr, Snapshot, SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, decodeOne, encodePacked, snapshotsFrom } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { dropParts, loadParts, withParts } from './bodies.ts';
import { LIMITS } from './limits.ts';
import { Stream } from './stream.ts';
import type { Commit, Meta, SnapshotEntry } from './stream.ts';
import type { Table } from './table.ts';

/** Deleting is not fenced. */
const ANYBODY: Fence = { scope: '', epoch: Number.MAX_SAFE_INTEGER };

/** A snapshot is there when the list in the stream's meta item names it: its body is written before, and removed after. */
export function createSnapshotStore(table: Table): SnapshotStore {
  return snapshotsFrom(table.calls, {
    limits: LIMITS,

    async load(key, max, call) {
      const stream = new Stream(table, key);
      return loadSnapshot(stream, await stream.meta(call), max, call);
    },

    async save(key, snapshot, fence, keep, call) {
      const stream = new Stream(table, key);
      const { sequenceNr } = snapshot;
      const newest = await stream.newest(call);
      checkEpoch(fence, newest.epoch);
      const commit = await followed(stream, sequenceNr, newest, call);
      await withParts(table, encodePacked([snapshot]), call, async (body) => {
        const entry = { sequenceNr, commit, at: table.now(), body };
        const kept = await changeList(stream, fence, call, (entries) => {
          const others = entries.filter((other) => other.sequenceNr !== sequenceNr);
          const sorted = [...others, entry].toSorted((a, b) => a.sequenceNr - b.sequenceNr);
          return keep === undefined ? sorted : sorted.slice(-keep);
        });
        return { written: kept.includes(entry) };
      });
    },

    async delete(key, max, call) {
      let removed = 0;
      await changeList(new Stream(table, key), ANYBODY, call, (entries) => {
        const kept = entries.filter(({ sequenceNr }) => sequenceNr > max);
        removed = entries.length - kept.length;
        return kept;
      });
      return removed;
    },
  });
}

/** The newest snapshot that a stream's meta item names. Another one may take its place while it is being read. */
export async function loadSnapshot(stream: Stream, meta: Meta, max: SequenceNr, call: Call): Promise<Snapshot | null> {
  const entry = meta.snapshots.findLast(({ sequenceNr }) => sequenceNr <= max);
  if (entry === undefined) return null;
  const { sequenceNr, at, body: parts } = entry;
  const body = await loadParts(stream.table, parts, call);
  if (body !== undefined) return { sequenceNr, at, ...decodeOne(body) };
  const now = await stream.meta(call);
  if (now.version !== meta.version) return loadSnapshot(stream, now, max, call);
  throw new StoreError('IntegrityError', `the snapshot of event ${sequenceNr} is incomplete: parts of it are missing`);
}

/** The last commit whose events are all in a snapshot. */
async function followed(stream: Stream, sequenceNr: SequenceNr, newest: Commit, call: Call): Promise<number> {
  if (sequenceNr >= newest.last) return newest.number;
  const { number, last } = await stream.commitOf(sequenceNr, newest, call);
  return last === sequenceNr ? number : number - 1;
}

/** Changes the list of snapshots, removes the bodies of those that left it, and gives the new list. */
async function changeList(
  stream: Stream,
  fence: Fence,
  call: Call,
  change: (entries: readonly SnapshotEntry[]) => readonly SnapshotEntry[],
): Promise<readonly SnapshotEntry[]> {
  for (;;) {
    const meta = await stream.meta(call);
    const kept = change(meta.snapshots);
    const gone = meta.snapshots.filter((entry) => !kept.includes(entry));
    if (gone.length === 0 && kept.length === meta.snapshots.length) return kept;
    if (!(await stream.replaceSnapshots(meta, kept, fence, call))) continue;
    await Promise.all(gone.map(({ body }) => dropParts(stream.table, body)));
    return kept;
  }
}
