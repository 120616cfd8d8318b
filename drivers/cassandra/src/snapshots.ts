import type { Fence, Limits, NewSnapshot, OpOptions, SnapshotStore, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, decodeOne, encodePacked, snapshotsFrom } from '@stategate/journal-spi/kit';
import { requiredBytes, requiredNumber } from './rows.ts';
import type { Session, Statement } from './session.ts';
import { keyOf, SNAPSHOT, stateOf, THE_STREAM } from './streams.ts';
import type { Streams } from './streams.ts';

/** Snapshots lie in the partition of their stream: so its epoch can be a condition of their writes. */
export function createSnapshotStore(
  session: Session,
  { lanes, read, seal }: Streams,
  limits: Limits,
  now: () => number,
): SnapshotStore {
  const table = session.table('streams');
  const row = `${THE_STREAM} AND kind = ${SNAPSHOT}`;
  const loadCql = `SELECT seq, at, body FROM ${table} WHERE ${row} AND seq <= ? ORDER BY kind DESC, seq DESC LIMIT 1`;
  const saveCql = `UPDATE ${table} SET sealed = ?, at = ?, body = ? WHERE ${row} AND seq = ? IF sealed <= ?`;
  const touchCql = `UPDATE ${table} SET sealed = ? WHERE ${THE_STREAM} IF sealed <= ?`;
  const newestCql = `SELECT seq FROM ${table} WHERE ${row} ORDER BY kind DESC, seq DESC LIMIT ?`;
  const upToCql = `SELECT seq FROM ${table} WHERE ${row} AND seq <= ?`;
  const removeCql = `DELETE FROM ${table} WHERE ${row} AND seq <= ?`;

  return snapshotsFrom(session.calls, {
    limits,

    async load(stream, max, call) {
      const [found] = await session.select({ cql: loadCql, params: [...keyOf(stream), max] }, call);
      if (found === undefined) return null;
      const [sequenceNr, at] = [requiredNumber(found, 'seq'), requiredNumber(found, 'at')];
      return { sequenceNr, at, ...decodeOne(requiredBytes(found, 'body')) };
    },

    save: (stream, snapshot, fence, keep, call) =>
      lanes.run(keyOf(stream), call, async () => {
        const statements = await saving(stream, snapshot, fence, keep, call);
        for (;;) {
          const result = await session.cas(statements, call);
          if (result.applied) return;
          checkEpoch(fence, stateOf(result.row).epoch);
          // Its events are elsewhere: here nobody has begun the stream.
          await seal(stream, fence, call);
        }
      }),

    delete: (stream, max, call) =>
      lanes.run(keyOf(stream), call, async () => {
        const key = keyOf(stream);
        for (;;) {
          const { epoch, begun } = await read(stream, call);
          const { length } = await session.select({ cql: upToCql, params: [...key, max] }, call);
          if (!begun || length === 0) return 0;
          const touch = { cql: touchCql, params: [epoch, ...key, epoch] };
          const remove = { cql: removeCql, params: [...key, max] };
          if ((await session.cas([touch, remove], call)).applied) return length;
        }
      }),
  });

  /** The new one, unless it is not among the newest `keep` itself; and the end of those that are not. */
  async function saving(
    stream: StreamKey,
    snapshot: NewSnapshot,
    { epoch }: Fence,
    keep: number | undefined,
    options: OpOptions,
  ): Promise<readonly Statement[]> {
    const { sequenceNr } = snapshot;
    const key = keyOf(stream);
    const save = { cql: saveCql, params: [epoch, now(), encodePacked([snapshot]), ...key, sequenceNr, epoch] };
    if (keep === undefined) return [save];
    const rows = await session.select({ cql: newestCql, params: [...key, keep + 1] }, options);
    const found = new Set([sequenceNr, ...rows.map((each) => requiredNumber(each, 'seq'))]);
    const surplus = [...found].toSorted((a, b) => b - a)[keep];
    if (surplus === undefined) return [save];
    const touch = { cql: touchCql, params: [epoch, ...key, epoch] };
    return [sequenceNr > surplus ? save : touch, { cql: removeCql, params: [...key, surplus] }];
  }
}
