import type { Fence, OpOptions, StreamKey } from '@stategate/journal-spi';
import { checkEpoch } from '@stategate/journal-spi/kit';
import type { StreamState as Stored } from '@stategate/journal-spi/kit';
import { Lanes } from './lanes.ts';
import { numberOf } from './rows.ts';
import type { Row } from './rows.ts';
import type { Session } from './session.ts';

/** The kinds of rows in a stream's partition. */
export const EVENTS = 0;
export const SNAPSHOT = 1;

/** What belongs to a stream's partition as a whole. */
export interface StreamState extends Stored {
  /** Whether anybody has sealed or written it yet. */
  readonly begun: boolean;
  /** Whether some of its rows are large: so many fewer are read at once. */
  readonly large: boolean;
}

/** What journal and snapshots do alike: read the state of a stream, and take it for an epoch. */
export type Streams = ReturnType<typeof createStreams>;

export function createStreams(session: Session) {
  const table = session.table('streams');
  const readCql = `SELECT DISTINCT ns, pid, eid, head, sealed, deleted_to, large FROM ${table} WHERE ${THE_STREAM}`;
  const beginCql = `UPDATE ${table} SET sealed = ?, head = 0, deleted_to = 0 WHERE ${THE_STREAM} IF sealed = NULL`;
  const raiseCql = `UPDATE ${table} SET sealed = ? WHERE ${THE_STREAM} IF sealed = ? AND head = ? AND deleted_to = ?`;

  async function read(stream: StreamKey, options: OpOptions, consistency?: 'serial'): Promise<StreamState> {
    const [row = {}] = await session.select({ cql: readCql, params: keyOf(stream) }, options, consistency);
    return stateOf(row);
  }

  /** Raises the epoch to the fence's, and ends what earlier owners have left undecided. Throws `Fenced`. */
  async function seal(stream: StreamKey, fence: Fence, options: OpOptions): Promise<StreamState> {
    const { epoch } = fence;
    const key = keyOf(stream);
    for (;;) {
      const state = await read(stream, options);
      checkEpoch(fence, state.epoch);
      if (state.begun && state.epoch === epoch) {
        const now = await read(stream, options, 'serial');
        if (now.epoch === epoch) return now;
      } else {
        const raise = state.begun
          ? { cql: raiseCql, params: [epoch, ...key, state.epoch, state.head, state.deletedTo] }
          : { cql: beginCql, params: [epoch, ...key] };
        // An applied write has ended the ones before it: they have left the state as it was read.
        if ((await session.cas([raise], options, 'seal')).applied) return { ...state, epoch, begun: true };
      }
    }
  }

  return { lanes: new Lanes<StreamState>(), read, seal };
}

/** In the `WHERE` of a statement; its parameters are `keyOf`. */
export const THE_STREAM = 'ns = ? AND pid = ? AND eid = ?';

export function keyOf({ namespace, persistenceId, entityId }: StreamKey): readonly [string, string, string] {
  return [namespace, persistenceId, entityId];
}

/** Of a row with these columns, or of none. */
export function stateOf(row: Row): StreamState {
  const epoch = numberOf(row, 'sealed');
  return {
    head: numberOf(row, 'head') ?? 0,
    deletedTo: numberOf(row, 'deleted_to') ?? 0,
    epoch: epoch ?? 0,
    begun: epoch !== undefined,
    large: numberOf(row, 'large') !== undefined,
  };
}
