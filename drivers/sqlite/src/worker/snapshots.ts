import type { DatabaseSync } from 'node:sqlite';
import type { Operations } from './operations.ts';
import type { Streams } from './streams.ts';

interface SnapshotRow {
  readonly seq: number;
  readonly at: number;
  readonly manifest: string;
  readonly payload: Uint8Array;
  readonly meta: Uint8Array | null;
}

export function snapshotOperations(
  database: DatabaseSync,
  streams: Streams,
): Pick<Operations, 'saveSnapshot' | 'loadSnapshot' | 'deleteSnapshots'> {
  const save = database.prepare(`
    INSERT INTO snapshot (sid, seq, at, manifest, payload, meta) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (sid, seq) DO UPDATE
    SET at = excluded.at, manifest = excluded.manifest, payload = excluded.payload, meta = excluded.meta`);
  const prune = database.prepare(`
    DELETE FROM snapshot WHERE sid = ?1
    AND seq NOT IN (SELECT seq FROM snapshot WHERE sid = ?1 ORDER BY seq DESC LIMIT ?2)`);
  const load = database.prepare(
    'SELECT seq, at, manifest, payload, meta FROM snapshot WHERE sid = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
  );
  const remove = database.prepare('DELETE FROM snapshot WHERE sid = ? AND seq <= ?');

  return {
    saveSnapshot: {
      access: 'write',
      prepare(input, now) {
        const names = streams.names(input);
        const epoch = input.number();
        const keep = input.number();
        const seq = input.number();
        const { manifest, payload, meta = null } = input.payload();
        return (output) => {
          const stream = streams.find(names);
          if (stream && stream.epoch > epoch) return output.add('fenced', stream.epoch);
          const sid = streams.seal(names, stream, epoch);
          save.run(sid, seq, now, manifest, payload, meta);
          if (keep > 0) prune.run(sid, keep);
          output.add('done');
        };
      },
    },

    loadSnapshot: {
      access: 'read',
      prepare(input) {
        const names = streams.names(input);
        const maxSequenceNr = input.number();
        return (output) => {
          const snapshot = load.get(streams.find(names)?.sid ?? 0, maxSequenceNr) as SnapshotRow | undefined;
          if (snapshot === undefined) return output.add('none');
          output.add('snapshot', snapshot.seq, snapshot.at);
          output.addPayload(snapshot);
        };
      },
    },

    deleteSnapshots: {
      access: 'upkeep',
      prepare(input) {
        const names = streams.names(input);
        const maxSequenceNr = input.number();
        return (output) => {
          output.add('deleted', Number(remove.run(streams.find(names)?.sid ?? 0, maxSequenceNr).changes));
        };
      },
    },
  };
}
