import type { DatabaseSync } from 'node:sqlite';
import type { Unpacker } from './packing.ts';

export type StreamNames = readonly [namespace: string, persistenceId: string, entityId: string];

export interface StreamRow {
  readonly sid: number;
  readonly head: number;
  readonly deletedTo: number;
  readonly epoch: number;
}

export interface Streams {
  /** SQL for the head of the row of `stream` at hand. */
  readonly headSql: string;
  names(input: Unpacker): StreamNames;
  find(names: StreamNames): StreamRow | undefined;
  /** Raises the stream's epoch when it is lower, makes its row when there is none, and returns its `sid`. */
  seal(names: StreamNames, stream: StreamRow | undefined, epoch: number): number;
}

/** Streams by name. Their rows are small and the names long, so that everything else refers to `sid`. */
export function streamTable(database: DatabaseSync): Streams {
  const headSql = `max(deleted_to, coalesce((SELECT max(seq) FROM event WHERE event.sid = stream.sid), 0))`;
  const find = database.prepare(`
    SELECT sid, epoch, deleted_to AS deletedTo, ${headSql} AS head FROM stream
    WHERE namespace = ? AND persistence_id = ? AND entity_id = ?`);
  const insert = database.prepare(
    'INSERT INTO stream (namespace, persistence_id, entity_id, epoch) VALUES (?, ?, ?, ?)',
  );
  const raise = database.prepare('UPDATE stream SET epoch = ? WHERE sid = ?');

  return {
    headSql,
    names: (input) => [input.text(), input.text(), input.text()],
    find: (names) => find.get(...names) as StreamRow | undefined,
    seal(names, stream, epoch) {
      if (stream === undefined) return Number(insert.run(...names, epoch).lastInsertRowid);
      if (stream.epoch < epoch) raise.run(epoch, stream.sid);
      return stream.sid;
    },
  };
}
