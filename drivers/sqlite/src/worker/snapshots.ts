import type { Database } from './database.ts';
import type { PayloadRow, SnapshotRow, StreamNames } from './operations.ts';
import type { Streams } from './streams.ts';

export function snapshotOperations({ prepare }: Database, streams: Streams) {
  const save = prepare(`
    INSERT INTO snapshot (sid, seq, at, manifest, payload, meta) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (sid, seq) DO UPDATE
    SET at = excluded.at, manifest = excluded.manifest, payload = excluded.payload, meta = excluded.meta`);
  const prune = prepare(`
    DELETE FROM snapshot WHERE sid = ?1
    AND seq NOT IN (SELECT seq FROM snapshot WHERE sid = ?1 ORDER BY seq DESC LIMIT ?2)`);
  const load = prepare<SnapshotRow>(
    'SELECT seq, at, manifest, payload, meta FROM snapshot WHERE sid = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
  );
  const remove = prepare('DELETE FROM snapshot WHERE sid = ? AND seq <= ?');

  return {
    /** When the epoch that comes back is higher, nothing was saved. */
    saveSnapshot(
      [names, sequenceNr, payload, epoch, keep]: readonly [StreamNames, number, PayloadRow, number, number | null],
      now: number,
    ): number {
      const stream = streams.find(names);
      const [, , , current] = stream;
      if (current > epoch) return current;
      const sid = streams.seal(names, stream, epoch);
      save.run(sid, sequenceNr, now, ...payload);
      if (keep !== null) prune.run(sid, keep);
      return epoch;
    },

    loadSnapshot([names, max]: readonly [StreamNames, number]): SnapshotRow | null {
      const [sid] = streams.find(names);
      return load.get(sid, max) ?? null;
    },

    deleteSnapshots([names, max]: readonly [StreamNames, number]): number {
      const [sid] = streams.find(names);
      return Number(remove.run(sid, max).changes);
    },
  };
}
