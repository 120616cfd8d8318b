import type { Database } from './database.ts';
import type { EventRow, HeadRow, PageBounds, PayloadRow, SnapshotRow, StandingRow, StreamNames } from './operations.ts';
import type { StreamRow, Streams } from './streams.ts';

type Order = 'ASC' | 'DESC';
type Cursor = readonly [persistenceId: string, entityId: string];
type RecoveredRow = readonly [HeadRow, SnapshotRow | null, readonly EventRow[]];

export function journalOperations({ prepare }: Database, streams: Streams) {
  const insertEvent = prepare(
    'INSERT INTO event (sid, seq, epoch, at, token, manifest, payload, meta) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const events = { ASC: eventStatement('ASC'), DESC: eventStatement('DESC') };
  const tokenAt = prepare<readonly [string | null]>('SELECT token FROM event WHERE sid = ? AND seq = ?');
  const nextAppend = prepare<readonly [number | null]>(
    'SELECT min(seq) FROM event WHERE sid = ? AND seq > ? AND token IS NOT NULL',
  );
  const newestSnapshot = prepare<SnapshotRow>(
    'SELECT seq, at, manifest, payload, meta FROM snapshot WHERE sid = ? ORDER BY seq DESC LIMIT 1',
  );
  const removeEvents = prepare('DELETE FROM event WHERE sid = ? AND seq <= ?');
  const setDeletedTo = prepare('UPDATE stream SET deleted_to = ? WHERE sid = ?');
  const listAll = listStatement('');
  const listOne = listStatement('AND persistence_id = ?');

  function eventStatement(order: Order) {
    return prepare<EventRow>(`
      SELECT seq, epoch, at, manifest, payload, meta FROM event
      WHERE sid = ? AND seq BETWEEN ? AND ? ORDER BY seq ${order} LIMIT ?`);
  }

  function listStatement(filter: string) {
    return prepare<readonly [...Cursor, ...HeadRow]>(`
      SELECT persistence_id, entity_id, ${streams.headSql} FROM stream
      WHERE namespace = ? AND (persistence_id, entity_id) > (?, ?) ${filter} AND head > 0
      ORDER BY persistence_id, entity_id LIMIT ?`);
  }

  function standing([sid, head, , epoch]: StreamRow, expected: number, token: string): StandingRow {
    if (head <= expected || tokenAt.get(sid, expected + 1)?.[0] !== token) return [head, epoch, null];
    const next = nextAppend.get(sid, expected + 1)?.[0] ?? head + 1;
    return [head, epoch, next - 1];
  }

  function page(sid: number, from: number, to: number, order: Order, [most, mostBytes]: PageBounds): EventRow[] {
    const rows: EventRow[] = [];
    let bytes = 0;
    for (const row of events[order].iterate(sid, from, to, most)) {
      const [, , , manifest, payload, meta] = row;
      bytes += payload.byteLength + (meta?.byteLength ?? 0) + Buffer.byteLength(manifest);
      if (rows.length > 0 && bytes > mostBytes) break;
      rows.push(row);
    }
    return rows;
  }

  return {
    /** Null when it was written. */
    append(
      [names, expected, epoch, token, payloads]: readonly [StreamNames, number, number, string, readonly PayloadRow[]],
      now: number,
    ): StandingRow | null {
      const stream = streams.find(names);
      const [, head, , current] = stream;
      if (head !== expected || current > epoch) return standing(stream, expected, token);
      const sid = streams.seal(names, stream, epoch);
      for (const [index, [manifest, payload, meta]] of payloads.entries()) {
        insertEvent.run(sid, expected + 1 + index, epoch, now, index === 0 ? token : null, manifest, payload, meta);
      }
      return null;
    },

    standing([names, expected, token]: readonly [StreamNames, number, string]): StandingRow {
      return standing(streams.find(names), expected, token);
    },

    /** `after` null: after the newest snapshot. When the epoch that comes back is higher, nothing was sealed. */
    recover([names, epoch, after, bounds]: readonly [StreamNames, number, number | null, PageBounds]): RecoveredRow {
      const stream = streams.find(names);
      const [, head, deletedTo, current] = stream;
      if (current > epoch) return [[head, deletedTo, current], null, []];
      const sid = streams.seal(names, stream, epoch);
      const snapshot = after === null ? (newestSnapshot.get(sid) ?? null) : null;
      const from = Math.max(snapshot?.[0] ?? after ?? 0, deletedTo) + 1;
      return [[head, deletedTo, epoch], snapshot, page(sid, from, head, 'ASC', bounds)];
    },

    head([names]: readonly [StreamNames]): HeadRow {
      const [, ...head] = streams.find(names);
      return head;
    },

    read([names, low, high, order, bounds]: readonly [StreamNames, number, number, Order, PageBounds]): EventRow[] {
      const [sid] = streams.find(names);
      return page(sid, low, high, order, bounds);
    },

    /** When the epoch that comes back is higher, nothing was deleted. */
    deleteTo([names, sequenceNr, epoch]: readonly [StreamNames, number, number]): number {
      const [sid, head, before, current] = streams.find(names);
      const deletedTo = Math.min(sequenceNr, head);
      if (current <= epoch && deletedTo > before) {
        // The mark is what keeps the head when no event is left.
        setDeletedTo.run(deletedTo, sid);
        removeEvents.run(sid, deletedTo);
      }
      return current;
    },

    listStreams([namespace, persistenceId, after, limit]: readonly [string, string | null, Cursor, number]) {
      return persistenceId === null
        ? listAll.all(namespace, ...after, limit)
        : listOne.all(namespace, ...after, persistenceId, limit);
    },
  };
}
