import type { DatabaseSync } from 'node:sqlite';
import type { Operations } from './operations.ts';

interface FeedRow {
  readonly ord: number;
  readonly persistenceId: string;
  readonly entityId: string;
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly manifest: string;
  readonly payload: Uint8Array;
  readonly meta: Uint8Array | null;
}

/** Events over all streams by `ord`: there is one writer at a time, so that it is the order of commits. */
export function feedOperations(database: DatabaseSync): Pick<Operations, 'feed'> {
  /** Most events that one request looks at, also of streams that nobody asked for: others wait for it. */
  const WINDOW = 10_000;
  const lastOrd = database.prepare("SELECT seq AS ord FROM sqlite_sequence WHERE name = 'event'");
  const all = pageStatement('');
  const ofOne = pageStatement('AND persistence_id = ?');

  function pageStatement(filter: string) {
    return database.prepare(`
      SELECT ord, persistence_id AS persistenceId, entity_id AS entityId, seq, event.epoch AS epoch, at, manifest, payload, meta
      FROM event CROSS JOIN stream USING (sid)
      WHERE ord > ? AND ord <= ? AND namespace = ? ${filter} ORDER BY ord`);
  }

  return {
    feed: {
      access: 'read',
      prepare(input) {
        const namespace = input.text();
        const persistenceId = input.text();
        const after = input.number();
        const upTo = input.number();
        const limits = { events: input.number(), bytes: input.number() };
        return (output) => {
          const last = Number(lastOrd.get()?.['ord'] ?? 0);
          const end = Math.min(last, upTo, after + WINDOW);
          const found =
            persistenceId === ''
              ? all.iterate(after, end, namespace)
              : ofOne.iterate(after, end, namespace, persistenceId);
          const rows: FeedRow[] = [];
          let size = 0;
          let checkpoint = Math.max(after, end);
          for (const row of found as Iterable<unknown> as Iterable<FeedRow>) {
            size += row.payload.byteLength + (row.meta?.byteLength ?? 0) + Buffer.byteLength(row.manifest);
            const before = rows.at(-1);
            if (before !== undefined && (rows.length === limits.events || size > limits.bytes)) {
              checkpoint = before.ord;
              break;
            }
            rows.push(row);
          }
          output.add('page', last, checkpoint, rows.length);
          for (const row of rows) {
            output.add(row.persistenceId, row.entityId, row.seq, row.epoch, row.at);
            output.addPayload(row);
          }
        };
      },
    },
  };
}
