import type { OpOptions, StreamKey } from '@stategate/journal-spi';
import type { PackedRecord, RecordFetch } from '@stategate/journal-spi/kit';
import { requiredBytes, requiredNumber } from './rows.ts';
import type { Row } from './rows.ts';
import type { Session } from './session.ts';
import { EVENTS, keyOf, THE_STREAM } from './streams.ts';

/** A row above this is large. The answer to one query then holds at most 256 small rows, or 4 that may be large: 32 MiB. */
export const SMALL_BYTES = 64 * 1024;
const SMALL_ROWS = 256;
const LARGE_ROWS = 4;

/** Reads the records of a stream; `large` when some of its rows are. */
export function createRecords(
  session: Session,
): (stream: StreamKey, large: boolean, options: OpOptions) => RecordFetch {
  const select = `SELECT seq, n, epoch, at, body FROM ${session.table('streams')} WHERE ${THE_STREAM} AND kind = ${EVENTS}`;
  const upCql = `${select} AND seq >= ? AND seq <= ? LIMIT ?`;
  const downCql = `${select} AND seq <= ? ORDER BY kind DESC, seq DESC LIMIT ?`;

  return (stream, large, options) => {
    async function records(cql: string, ...place: readonly number[]): Promise<readonly PackedRecord[]> {
      const rows = await session.select({ cql, params: [...keyOf(stream), ...place] }, options);
      return rows.map(recordOf);
    }
    return async ({ from, to, backward, events }) => {
      const limit = Math.min(events, large ? LARGE_ROWS : SMALL_ROWS);
      if (backward) return records(downCql, from, limit);
      const found = await records(upCql, from, to, limit);
      // If no record begins there, it is in the middle of one.
      return found[0]?.first === from ? found : [...(await records(downCql, from, 1)), ...found];
    };
  };
}

function recordOf(row: Row): PackedRecord {
  const first = requiredNumber(row, 'seq');
  return {
    first,
    last: first + requiredNumber(row, 'n') - 1,
    epoch: requiredNumber(row, 'epoch'),
    at: requiredNumber(row, 'at'),
    body: requiredBytes(row, 'body'),
  };
}
