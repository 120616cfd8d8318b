import type { SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { fenced, snapshotsFrom } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import { LIMITS } from './limits.ts';
import { toText } from './names.ts';
import type { Statements } from './statements.ts';
import { keyOf, sealStreams, toState, toSnapshot } from './streams.ts';
import type { QueryBuilder } from './tables.ts';

export function createSnapshotStore(
  connection: Connection,
  statements: Statements,
  { db }: QueryBuilder,
): SnapshotStore {
  const streamOf = (stream: StreamKey) => db.selectFrom('stream').select('sid').where('key', '=', keyOf(stream));

  return snapshotsFrom(connection.calls, {
    limits: LIMITS,

    async load(stream, max, call) {
      const select = db
        .selectFrom('snapshot')
        .select(['seq', 'at', 'manifest', 'payload', 'meta'])
        .where('sid', '=', streamOf(stream))
        .where('seq', '<=', max)
        .orderBy('seq', 'desc')
        .limit(1);
      const [row] = await connection.query('read', select, call);
      return row === undefined ? null : toSnapshot([row.seq, 0, row.at, row.manifest, row.payload, row.meta]);
    },

    async save(stream, snapshot, fence, keep, call) {
      const { sequenceNr, manifest, payload, meta } = snapshot;
      await sealStreams(connection, statements, [{ stream, fence }], call);
      const key = keyOf(stream);
      const body = [toText(manifest), Buffer.from(payload), meta === undefined ? null : Buffer.from(meta)];
      const values = [key, fence.epoch, sequenceNr, connection.now(), ...body, keep ?? null];
      const saved = await connection.run('write', statements.saveSnapshot, values, call);
      if (saved.length > 0) return;
      const [row] = await connection.run('read', statements.head, [key], call);
      throw fenced(fence, toState(row).epoch);
    },

    async delete(stream, max, call) {
      const remove = db
        .deleteFrom('snapshot')
        .where('sid', '=', streamOf(stream))
        .where('seq', '<=', max)
        .returning('seq');
      return (await connection.query('write', remove, call)).length;
    },
  });
}
