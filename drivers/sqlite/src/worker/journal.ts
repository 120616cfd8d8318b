import type { DatabaseSync } from 'node:sqlite';
import type { Payload } from '@stategate/journal-spi';
import type { Operations } from './operations.ts';
import type { Packer } from './packing.ts';
import type { Streams } from './streams.ts';

interface EventRow {
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly token: string | null;
  readonly manifest: string;
  readonly payload: Uint8Array;
  readonly meta: Uint8Array | null;
}

interface PageRange {
  readonly from: number;
  readonly to: number;
  readonly backward: boolean;
  readonly events: number;
  readonly bytes: number;
}

/** The journal's part of the worker. Every outcome begins with its name; `src/journal.ts` reads them. */
export function journalOperations(
  database: DatabaseSync,
  streams: Streams,
): Pick<Operations, 'append' | 'recover' | 'resolve' | 'head' | 'read' | 'deleteTo' | 'list'> {
  const insertEvent = database.prepare(
    'INSERT INTO event (sid, seq, epoch, at, token, manifest, payload, meta) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const eventColumns = 'SELECT seq, epoch, at, token, manifest, payload, meta FROM event';
  const eventsForward = database.prepare(`${eventColumns} WHERE sid = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`);
  const eventsBackward = database.prepare(
    `${eventColumns} WHERE sid = ? AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`,
  );
  const tokenAt = database.prepare('SELECT token FROM event WHERE sid = ? AND seq = ?');
  const nextAppend = database.prepare(
    'SELECT min(seq) AS seq FROM event WHERE sid = ? AND seq > ? AND token IS NOT NULL',
  );
  const newestSnapshot = database.prepare(
    'SELECT seq, at, manifest, payload, meta FROM snapshot WHERE sid = ? ORDER BY seq DESC LIMIT 1',
  );
  const removeEvents = database.prepare('DELETE FROM event WHERE sid = ? AND seq <= ?');
  const setDeletedTo = database.prepare('UPDATE stream SET deleted_to = ? WHERE sid = ?');
  const listStreams = listStatement('');
  const listStreamsOfOne = listStatement('AND persistence_id = ?');

  function listStatement(filter: string) {
    return database.prepare(`
      SELECT persistence_id AS persistenceId, entity_id AS entityId, deleted_to AS deletedTo, epoch, ${streams.headSql} AS head
      FROM stream WHERE namespace = ? AND (persistence_id, entity_id) > (?, ?) ${filter} AND head > 0
      ORDER BY persistence_id, entity_id LIMIT ?`);
  }

  /** Whether the append was applied before; with other content, the token was used for two different things. */
  function known(sid: number, expected: number, token: string, events: readonly Payload[]): string | undefined {
    if (tokenAt.get(sid, expected + 1)?.['token'] !== token) return undefined;
    const last = expected + events.length;
    const rows = eventsForward.all(sid, expected + 1, last + 1, events.length + 1) as unknown as EventRow[];
    const after = rows[events.length];
    const same =
      (after === undefined || after.token !== null) &&
      events.every((event, index) => {
        const row = rows[index];
        return (
          row !== undefined &&
          (index === 0 || row.token === null) &&
          row.manifest === event.manifest &&
          sameBytes(row.payload, event.payload) &&
          sameBytes(row.meta, event.meta ?? null)
        );
      });
    return same ? 'duplicate' : 'differs';
  }

  function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
    return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
  }

  function addPage(output: Packer, sid: number, range: PageRange): void {
    const statement = range.backward ? eventsBackward : eventsForward;
    const [low, high] = range.backward ? [range.to, range.from] : [range.from, range.to];
    const rows: EventRow[] = [];
    let size = 0;
    for (const row of statement.iterate(sid, low, high, range.events) as Iterable<unknown> as Iterable<EventRow>) {
      size += row.payload.byteLength + (row.meta?.byteLength ?? 0) + Buffer.byteLength(row.manifest);
      if (rows.length > 0 && size > range.bytes) break;
      rows.push(row);
    }
    output.add(rows.length);
    for (const row of rows) {
      output.add(row.seq, row.epoch, row.at);
      output.addPayload(row);
    }
  }

  return {
    append: {
      access: 'write',
      prepare(input, now) {
        const names = streams.names(input);
        const expected = input.number();
        const epoch = input.number();
        const token = input.text();
        const events = Array.from({ length: input.number() }, () => input.payload());
        return (output) => {
          const stream = streams.find(names);
          const head = stream?.head ?? 0;
          const verdict = stream && head > expected ? known(stream.sid, expected, token, events) : undefined;
          if (verdict !== undefined) return output.add(verdict);
          if (stream && stream.epoch > epoch) return output.add('fenced', stream.epoch);
          if (head !== expected) return output.add('head', head);
          const sid = streams.seal(names, stream, epoch);
          for (const [index, { manifest, payload, meta = null }] of events.entries()) {
            insertEvent.run(sid, expected + 1 + index, epoch, now, index === 0 ? token : null, manifest, payload, meta);
          }
          output.add('written');
        };
      },
    },

    recover: {
      access: 'upkeep',
      prepare(input) {
        const names = streams.names(input);
        const epoch = input.number();
        const wantsSnapshot = input.number() === 1;
        const after = input.number();
        const page = { events: input.number(), bytes: input.number() };
        return (output) => {
          const stream = streams.find(names);
          if (stream && stream.epoch > epoch) return output.add('fenced', stream.epoch);
          const sid = streams.seal(names, stream, epoch);
          const head = stream?.head ?? 0;
          const deletedTo = stream?.deletedTo ?? 0;
          const snapshot = wantsSnapshot ? (newestSnapshot.get(sid) as EventRow | undefined) : undefined;
          output.add('recovered', head, deletedTo, epoch, snapshot?.seq ?? 0);
          if (snapshot) {
            output.add(snapshot.at);
            output.addPayload(snapshot);
          }
          addPage(output, sid, {
            from: Math.max(snapshot?.seq ?? after, deletedTo) + 1,
            to: head,
            backward: false,
            ...page,
          });
        };
      },
    },

    resolve: {
      access: 'read',
      prepare(input) {
        const names = streams.names(input);
        const expected = input.number();
        const token = input.text();
        return (output) => {
          const stream = streams.find(names);
          if (stream === undefined || stream.head <= expected) return output.add('absent', stream?.head ?? 0);
          if (tokenAt.get(stream.sid, expected + 1)?.['token'] !== token) return output.add('superseded', stream.head);
          const next = nextAppend.get(stream.sid, expected + 1)?.['seq'];
          output.add('applied', typeof next === 'number' ? next - 1 : stream.head);
        };
      },
    },

    head: {
      access: 'read',
      prepare(input) {
        const names = streams.names(input);
        return (output) => {
          const stream = streams.find(names);
          output.add('head', stream?.head ?? 0, stream?.deletedTo ?? 0, stream?.epoch ?? 0);
        };
      },
    },

    read: {
      access: 'read',
      prepare(input) {
        const names = streams.names(input);
        const range = {
          from: input.number(),
          to: input.number(),
          backward: input.number() === 1,
          events: input.number(),
          bytes: input.number(),
        };
        return (output) => {
          output.add('page');
          addPage(output, streams.find(names)?.sid ?? 0, range);
        };
      },
    },

    deleteTo: {
      access: 'upkeep',
      prepare(input) {
        const names = streams.names(input);
        const sequenceNr = input.number();
        const epoch = input.number();
        return (output) => {
          const stream = streams.find(names);
          if (stream && stream.epoch > epoch) return output.add('fenced', stream.epoch);
          output.add('done');
          if (stream === undefined) return;
          const deletedTo = Math.min(sequenceNr, stream.head);
          if (deletedTo <= stream.deletedTo) return;
          // The mark is what keeps the head when no event is left.
          setDeletedTo.run(deletedTo, stream.sid);
          removeEvents.run(stream.sid, deletedTo);
        };
      },
    },

    list: {
      access: 'read',
      prepare(input) {
        const namespace = input.text();
        const persistenceId = input.text();
        const after = [input.text(), input.text()] as const;
        const limit = input.number();
        return (output) => {
          const rows =
            persistenceId === ''
              ? listStreams.all(namespace, ...after, limit)
              : listStreamsOfOne.all(namespace, ...after, persistenceId, limit);
          output.add('streams', rows.length);
          for (const row of rows) {
            output.add(String(row['persistenceId']), String(row['entityId']));
            output.add(Number(row['head']), Number(row['deletedTo']), Number(row['epoch']));
          }
        };
      },
    },
  };
}
