import type { ListQuery, OpOptions, StreamHead, StreamKey, StreamPage } from '@stategate/journal-spi';
import { parseTuple } from '@stategate/journal-spi/kit';
import { BUCKETS, bucketOf, LIST_STEP } from './buckets.ts';
import { textOf } from './rows.ts';
import type { Session } from './session.ts';
import { keyOf } from './streams.ts';

/** A place in the list: streams are in the order of their bucket, then of their names. */
type Place = readonly [bucket: number, persistenceId: string, entityId: string];

/**
 * The names of the streams of a namespace, in partitions of their own. A name is written before its stream's first event, so none
 * is missing; one whose event never came is left out when it is listed.
 */
export interface StreamNames {
  add(stream: StreamKey, options: OpOptions): Promise<void>;
  list(
    query: ListQuery,
    headOf: (stream: StreamKey, options: OpOptions) => Promise<StreamHead>,
    options: OpOptions,
  ): Promise<StreamPage>;
}

export function createStreamNames(session: Session): StreamNames {
  const table = session.table('stream_names');
  const addCql = `INSERT INTO ${table} (ns, pid, eid, bucket) VALUES (?, ?, ?, ?)`;
  const select = `SELECT pid, eid FROM ${table} WHERE ns = ? AND bucket = ? AND`;
  const allCql = `${select} (pid, eid) > (?, ?) LIMIT ?`;
  const ofOneCql = `${select} pid = ? AND eid > ? LIMIT ?`;

  return {
    add: (stream, options) => session.write({ cql: addCql, params: [...keyOf(stream), streamBucket(stream)] }, options),

    async list(query, headOf, options) {
      const { namespace, persistenceId, limit } = query;
      const cql = persistenceId === undefined ? allCql : ofOneCql;
      const streams: StreamPage['streams'][number][] = [];
      let [bucket, ...after] = placeAfter(query);
      while (bucket < BUCKETS) {
        // One more than asked for says whether there is a next page.
        const wanted = Math.min(limit + 1 - streams.length, LIST_STEP);
        const rows = await session.select({ cql, params: [namespace, bucket, ...after, wanted] }, options);
        const names = rows.map((row) => ({
          namespace,
          persistenceId: textOf(row, 'pid'),
          entityId: textOf(row, 'eid'),
        }));
        const found = await Promise.all(names.map(async (name) => ({ ...name, ...(await headOf(name, options)) })));
        streams.push(...found.filter(({ exists }) => exists));
        const last = streams[limit - 1];
        if (streams.length > limit && last !== undefined) {
          return { streams: streams.slice(0, limit), next: JSON.stringify(placeOf(last)) };
        }
        const end = names.at(-1);
        if (end !== undefined && names.length === wanted) {
          after = [end.persistenceId, end.entityId];
        } else {
          bucket += 1;
          after = [persistenceId ?? '', ''];
        }
      }
      return { streams };
    },
  };
}

function streamBucket({ persistenceId, entityId }: StreamKey): number {
  return bucketOf(`${persistenceId}\n${entityId}`);
}

function placeOf(stream: StreamKey): Place {
  return [streamBucket(stream), stream.persistenceId, stream.entityId];
}

function placeAfter({ after, persistenceId = '' }: ListQuery): Place {
  return after === undefined
    ? [0, persistenceId, '']
    : parseTuple(after, ['number', 'string', 'string'], 'next of an earlier page');
}
