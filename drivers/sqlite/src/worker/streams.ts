import type { Database } from './database.ts';
import type { HeadRow, StreamNames } from './operations.ts';

/** `sid` is 0 where there is no stream. */
export type StreamRow = readonly [sid: number, ...HeadRow];

export type Streams = ReturnType<typeof streamTable>;

/** Streams by name. Their rows are small and the names long, so that everything else refers to `sid`. */
export function streamTable({ prepare }: Database) {
  /** The columns of `HeadRow`, of the row of `stream` at hand. */
  const headSql = `
    max(deleted_to, coalesce((SELECT max(seq) FROM event WHERE event.sid = stream.sid), 0)) AS head, deleted_to, epoch`;
  const find = prepare<StreamRow>(
    `SELECT sid, ${headSql} FROM stream WHERE namespace = ? AND persistence_id = ? AND entity_id = ?`,
  );
  const insert = prepare('INSERT INTO stream (namespace, persistence_id, entity_id, epoch) VALUES (?, ?, ?, ?)');
  const raise = prepare('UPDATE stream SET epoch = ? WHERE sid = ?');

  return {
    headSql,
    find: (names: StreamNames): StreamRow => find.get(...names) ?? [0, 0, 0, 0],

    /** Raises the stream's epoch when it is lower, makes its row when there is none, and returns its `sid`. */
    seal(names: StreamNames, [sid, , , current]: StreamRow, epoch: number): number {
      if (sid === 0) return Number(insert.run(...names, epoch).lastInsertRowid);
      if (current < epoch) raise.run(epoch, sid);
      return sid;
    },
  };
}
