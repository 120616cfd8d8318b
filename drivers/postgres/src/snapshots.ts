import { StoreError } from '@stategate/journal-spi';
import type { SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, validateSnapshot, validateStream } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import { LIMITS } from './limits.ts';
import { toText } from './names.ts';
import type { Statements } from './statements.ts';
import { keyOf, sealStreams, toHead, toSnapshot } from './streams.ts';
import type { QueryBuilder } from './tables.ts';

export function createSnapshotStore(
  connection: Connection,
  statements: Statements,
  { db }: QueryBuilder,
): SnapshotStore {
  const streamOf = (stream: StreamKey) => db.selectFrom('stream').select('sid').where('key', '=', keyOf(stream));

  return {
    async load(stream, { maxSequenceNr = Number.MAX_SAFE_INTEGER }, options) {
      connection.enter('read', options);
      validateStream(stream);
      const select = db
        .selectFrom('snapshot')
        .select(['seq', 'at', 'manifest', 'payload', 'meta'])
        .where('sid', '=', streamOf(stream))
        .where('seq', '<=', maxSequenceNr)
        .orderBy('seq', 'desc')
        .limit(1);
      const [row] = await connection.query('read', select, options);
      return row === undefined ? null : toSnapshot([row.seq, 0, row.at, row.manifest, row.payload, row.meta]);
    },

    async save(stream, snapshot, fence, { keep, ...options }) {
      connection.enter('write', options);
      validateSnapshot(stream, snapshot, fence, LIMITS, keep);
      const { sequenceNr, manifest, payload, meta } = snapshot;
      await sealStreams(connection, statements, [{ stream, fence }], options);
      const key = keyOf(stream);
      const body = [toText(manifest), Buffer.from(payload), meta === undefined ? null : Buffer.from(meta)];
      const values = [key, fence.epoch, sequenceNr, connection.now(), ...body, keep ?? null];
      const saved = await connection.run('write', statements.saveSnapshot, values, options);
      if (saved.length > 0) return;
      const [row] = await connection.run('read', statements.head, [key], options);
      checkEpoch(fence, toHead(row).epoch);
      throw new StoreError(
        'StoreUnavailable',
        `${connection.location} has lost the stream while its snapshot was saved`,
      );
    },

    async delete(stream, { maxSequenceNr = Number.MAX_SAFE_INTEGER }, options) {
      connection.enter('write', options);
      validateStream(stream);
      const remove = db
        .deleteFrom('snapshot')
        .where('sid', '=', streamOf(stream))
        .where('seq', '<=', maxSequenceNr)
        .returning('seq');
      return (await connection.query('write', remove, options)).length;
    },
  };
}
