import type { Database } from './database.ts';
import type { EventRow, PageBounds } from './operations.ts';

type FeedRow = readonly [persistenceId: string, entityId: string, ...EventRow];
type FeedRequest = readonly [
  namespace: string,
  persistenceId: string | null,
  after: number,
  upTo: number,
  bounds: PageBounds,
];
/** `last`: the `ord` given out last. `position`: up to where events were looked at. */
type FeedPage = readonly [last: number, position: number, readonly FeedRow[]];

/** Events over all streams by `ord`: there is one writer at a time, so that it is the order of commits. */
export function feedOperations({ prepare }: Database) {
  /** Most events that one request looks at, also of streams that nobody asked for: others wait for it. */
  const WINDOW = 10_000;
  const lastOrd = prepare<readonly [number]>("SELECT seq FROM sqlite_sequence WHERE name = 'event'");
  const page = prepare<readonly [ord: number, ...FeedRow]>(`
    SELECT ord, persistence_id, entity_id, seq, event.epoch, at, manifest, payload, meta
    FROM event CROSS JOIN stream USING (sid)
    WHERE ord > ? AND ord <= ? AND namespace = ? AND persistence_id = coalesce(?, persistence_id) ORDER BY ord`);

  return {
    feed([namespace, persistenceId, after, upTo, [most, mostBytes]]: FeedRequest): FeedPage {
      const last = lastOrd.get()?.[0] ?? 0;
      const end = Math.min(last, upTo, after + WINDOW);
      const rows: FeedRow[] = [];
      let bytes = 0;
      let position = after;
      for (const [ord, ...row] of page.iterate(after, end, namespace, persistenceId)) {
        const [, , , , , manifest, payload, meta] = row;
        bytes += payload.byteLength + (meta?.byteLength ?? 0) + Buffer.byteLength(manifest);
        if (rows.length > 0 && (rows.length === most || bytes > mostBytes)) return [last, position, rows];
        rows.push(row);
        position = ord;
      }
      return [last, Math.max(after, end), rows];
    },
  };
}
