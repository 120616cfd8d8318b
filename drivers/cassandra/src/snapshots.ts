import type {
  Fence,
  Limits,
  NewSnapshot,
  OpOptions,
  SequenceNr,
  Snapshot,
  SnapshotStore,
  StreamKey,
} from '@stategate/journal-spi';
import { checkEpoch, decodePacked, encodePacked, snapshotsFrom } from '@stategate/journal-spi/kit';
import { numberOf, requiredBytes, requiredNumber } from './rows.ts';
import type { Row } from './rows.ts';
import type { Session, Statement } from './session.ts';
import { keyOf, SNAPSHOT, stateOf, THE_STREAM } from './streams.ts';
import type { Streams } from './streams.ts';

/** The newest snapshot up to a sequence number. */
export interface SnapshotReader {
  (stream: StreamKey, max: SequenceNr, options: OpOptions): Promise<Snapshot | undefined>;
}

export function createSnapshotReader(session: Session): SnapshotReader {
  const cql = `SELECT seq, at, body FROM ${session.table('streams')} WHERE ${THE_STREAM} AND kind = ${SNAPSHOT} AND seq <= ? ORDER BY kind DESC, seq DESC LIMIT 1`;
  return async (stream, max, options) => {
    const [row] = await session.select({ cql, params: [...keyOf(stream), max] }, options);
    return row === undefined ? undefined : snapshotOf(row);
  };
}

/** Snapshots lie in the partition of their stream: so its epoch can be a condition of their writes. */
export function createSnapshotStore(
  session: Session,
  streams: Streams,
  load: SnapshotReader,
  limits: Limits,
  now: () => number,
): SnapshotStore {
  const table = session.table('streams');
  const row = `${THE_STREAM} AND kind = ${SNAPSHOT}`;
  const saveCql = `UPDATE ${table} SET sealed = ?, at = ?, body = ? WHERE ${row} AND seq = ? IF sealed <= ?`;
  const touchCql = `UPDATE ${table} SET sealed = ? WHERE ${THE_STREAM} IF sealed <= ?`;
  const newestCql = `SELECT seq FROM ${table} WHERE ${row} ORDER BY kind DESC, seq DESC LIMIT ?`;
  const upToCql = `SELECT seq FROM ${table} WHERE ${row} AND seq <= ?`;
  const unchangedCql = `UPDATE ${table} SET sealed = ? WHERE ${THE_STREAM} IF sealed = ?`;
  const removeCql = `DELETE FROM ${table} WHERE ${row} AND seq <= ?`;

  return snapshotsFrom(session.calls, {
    limits,
    load: async (stream, max, call) => (await load(stream, max, call)) ?? null,

    save: (stream, snapshot, fence, keep, call) =>
      streams.lanes.run(keyOf(stream), call, async (lane) => {
        lane.state = undefined;
        const statements = await saving(stream, snapshot, fence, keep, call);
        for (;;) {
          const result = await session.cas(statements, call);
          if (result.applied) return;
          checkEpoch(fence, stateOf(result.row).epoch);
          // Its events are elsewhere: here nobody has begun the stream.
          await streams.seal(stream, fence, call);
        }
      }),

    delete: (stream, max, call) =>
      streams.lanes.run(keyOf(stream), call, async (lane) => {
        lane.state = undefined;
        for (;;) {
          const key = [...keyOf(stream), max];
          const { epoch, begun } = await streams.read(stream, call);
          const { length } = await session.select({ cql: upToCql, params: key }, call);
          if (!begun || length === 0) return 0;
          const unchanged = { cql: unchangedCql, params: [epoch, ...keyOf(stream), epoch] };
          if ((await session.cas([unchanged, { cql: removeCql, params: key }], call)).applied) return length;
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
    const body = encodePacked([snapshot]);
    const save = { cql: saveCql, params: [epoch, now(), body, ...key, sequenceNr, epoch] };
    if (keep === undefined) return [save];
    const rows = await session.select({ cql: newestCql, params: [...key, keep + 1] }, options);
    const found = new Set([sequenceNr, ...rows.map((each) => requiredNumber(each, 'seq'))]);
    const surplus = [...found].toSorted((a, b) => b - a)[keep];
    if (surplus === undefined) return [save];
    const touch = { cql: touchCql, params: [epoch, ...key, epoch] };
    return [sequenceNr > surplus ? save : touch, { cql: removeCql, params: [...key, surplus] }];
  }
}

function snapshotOf(row: Row): Snapshot | undefined {
  const sequenceNr = requiredNumber(row, 'seq');
  const at = numberOf(row, 'at') ?? 0;
  const [event] = decodePacked(requiredBytes(row, 'body'), sequenceNr, 0, at);
  if (event === undefined) return undefined;
  const { epoch: _, ...snapshot } = event;
  return snapshot;
}
