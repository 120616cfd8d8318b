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

export interface RecordReader {
  /** `RecordFetch` for a stream; `large` when some of its rows are. */
  (
    stream: StreamKey,
    range: Parameters<RecordFetch>[0],
    large: boolean,
    options: OpOptions,
  ): Promise<readonly PackedRecord[]>;
}

export function createRecordReader(session: Session): RecordReader {
  const select = `SELECT seq, n, epoch, at, body FROM ${session.table('streams')} WHERE ${THE_STREAM} AND kind = ${EVENTS}`;
  const upCql = `${select} AND seq >= ? AND seq <= ? LIMIT ?`;
  const downCql = `${select} AND seq <= ? ORDER BY kind DESC, seq DESC LIMIT ?`;

  return async (stream, { from, to, backward, events }, large, options) => {
    const limit = Math.min(events, large ? LARGE_ROWS : SMALL_ROWS);
    const key = keyOf(stream);
    const down = (count: number) => session.select({ cql: downCql, params: [...key, from, count] }, options);
    if (backward) return (await down(limit)).map(recordOf);
    const records = (await session.select({ cql: upCql, params: [...key, from, to, limit] }, options)).map(recordOf);
    if (records[0]?.first === from) return records;
    // It is in the middle of an append.
    return [...(await down(1)).map(recordOf), ...records];
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
