import { StoreError } from '@stategate/journal-spi';
import type { Fence, SequenceNr, Snapshot, SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, snapshotsFrom } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { decodeOne, dropParts, encodeOne, keepIfWritten, loadParts, storeParts } from './bodies.ts';
import { commitOf, newestCommit } from './commits.ts';
import type { Commit } from './commits.ts';
import { streamPartition } from './items.ts';
import { LIMITS } from './limits.ts';
import { readMeta, replaceSnapshots } from './metas.ts';
import type { Meta, SnapshotEntry } from './metas.ts';
import type { Table } from './table.ts';

/** A snapshot is there when the list in the stream's meta item names it: its body is written before, and removed after. */
export function createSnapshotStore(table: Table): SnapshotStore {
  return snapshotsFrom(table.calls, {
    limits: LIMITS,

    async load(stream, max, call) {
      const pk = streamPartition(stream);
      return loadSnapshot(table, pk, await readMeta(table, pk, call), max, call);
    },

    async save(stream, snapshot, fence, keep, call) {
      const pk = streamPartition(stream);
      const { sequenceNr } = snapshot;
      const newest = await newestCommit(table, pk, call);
      checkEpoch(fence, newest.epoch);
      const commit = await followed(table, pk, sequenceNr, newest, call);
      const body = await storeParts(table, encodeOne(snapshot), call);
      const entry = { sequenceNr, commit, at: table.now(), body };
      await keepIfWritten(table, body, async () => {
        const kept = await changeList(table, pk, fence, call, (entries) => {
          const others = entries.filter((other) => other.sequenceNr !== sequenceNr);
          const sorted = [...others, entry].toSorted((a, b) => a.sequenceNr - b.sequenceNr);
          return keep === undefined ? sorted : sorted.slice(-keep);
        });
        return { written: kept.includes(entry) };
      });
    },

    async delete(stream, max, call) {
      let removed = 0;
      await changeList(table, streamPartition(stream), undefined, call, (entries) => {
        const kept = entries.filter(({ sequenceNr }) => sequenceNr > max);
        removed = entries.length - kept.length;
        return kept;
      });
      return removed;
    },
  });
}

/** The newest snapshot that a stream's meta item names. Another one may take its place while it is being read. */
export async function loadSnapshot(
  table: Table,
  pk: string,
  meta: Meta,
  maxSequenceNr: SequenceNr,
  call: Call,
): Promise<Snapshot | null> {
  const entry = meta.snapshots.findLast(({ sequenceNr }) => sequenceNr <= maxSequenceNr);
  if (entry === undefined) return null;
  const { sequenceNr, at, body: parts } = entry;
  const body = await loadParts(table, parts, call);
  if (body !== undefined) return { sequenceNr, at, ...decodeOne(body) };
  const now = await readMeta(table, pk, call);
  if (now.version !== meta.version) return loadSnapshot(table, pk, now, maxSequenceNr, call);
  throw new StoreError('IntegrityError', `the snapshot of event ${sequenceNr} is incomplete: parts of it are missing`);
}

/** The last commit whose events are all in a snapshot. */
async function followed(table: Table, pk: string, sequenceNr: SequenceNr, newest: Commit, call: Call): Promise<number> {
  if (sequenceNr >= newest.last) return newest.number;
  const { number, last } = await commitOf(table, pk, sequenceNr, newest, call);
  return last === sequenceNr ? number : number - 1;
}

/** Changes the list of snapshots, removes the bodies of those that left it, and gives the new list. */
async function changeList(
  table: Table,
  pk: string,
  fence: Fence | undefined,
  call: Call,
  change: (entries: readonly SnapshotEntry[]) => readonly SnapshotEntry[],
): Promise<readonly SnapshotEntry[]> {
  for (;;) {
    const meta = await readMeta(table, pk, call);
    const kept = change(meta.snapshots);
    const gone = meta.snapshots.filter((entry) => !kept.includes(entry));
    if (gone.length === 0 && kept.length === meta.snapshots.length) return kept;
    if (!(await replaceSnapshots(table, pk, meta, kept, fence, call))) continue;
    await Promise.all(gone.map(({ body }) => dropParts(table, body)));
    return kept;
  }
}
