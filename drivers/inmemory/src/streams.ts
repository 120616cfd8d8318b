import type {
  Epoch,
  Payload,
  SequenceNr,
  Snapshot,
  StoredEvent,
  StreamHead,
  StreamKey,
  Token,
} from '@stategate/journal-spi';
import { copyPayload, flat, mapKey } from './database.ts';
import type { Database } from './database.ts';

export interface Stream {
  readonly key: StreamKey;
  epoch: Epoch;
  head: SequenceNr;
  deletedTo: SequenceNr;
  /** Events `deletedTo + 1 … head`. */
  readonly records: Stored[];
  /** By sequence number, the newest last. */
  readonly snapshots: Snapshot[];
}

/** An event as it is kept: flat, because there are many. */
export interface Stored {
  readonly manifest: string;
  readonly payload: Uint8Array;
  readonly meta: Uint8Array | undefined;
  readonly sequenceNr: SequenceNr;
  readonly at: number;
  readonly batch: Batch;
}

/** One append. Its events know it, so that its token is found whatever was appended after it. */
export interface Batch {
  readonly stream: Stream;
  /** How many events the namespace had before. */
  readonly start: number;
  readonly token: Token;
  readonly epoch: Epoch;
  readonly first: SequenceNr;
  readonly last: SequenceNr;
}

export function findStream(database: Database, key: StreamKey): Stream | undefined {
  return database.streams.get(mapKey(key.namespace, key.persistenceId, key.entityId));
}

/** Finds it or makes an unwritten one, which nobody sees but writers of a lower epoch. */
export function ensureStream(database: Database, { namespace, persistenceId, entityId }: StreamKey): Stream {
  const mapped = mapKey(namespace, persistenceId, entityId);
  const found = database.streams.get(mapped);
  if (found !== undefined) return found;
  database.take(1, mapped.length);
  const key = { namespace, persistenceId, entityId };
  const stream: Stream = { key, epoch: 0, head: 0, deletedTo: 0, records: [], snapshots: [] };
  database.streams.set(flat(mapped), stream);
  return stream;
}

export function headOf(stream: Stream | undefined): StreamHead {
  if (stream === undefined) return { head: 0, deletedTo: 0, epoch: 0, exists: false };
  const { head, deletedTo, epoch } = stream;
  return { head, deletedTo, epoch, exists: head > 0 };
}

export function newestSnapshot(stream: Stream | undefined, maxSequenceNr = Infinity): Snapshot | undefined {
  return stream?.snapshots.findLast((snapshot) => snapshot.sequenceNr <= maxSequenceNr);
}

/** Copies small payloads into shared slabs, as `Buffer.from` does: a log is freed in the order in which it was written. */
export function toStored(
  { manifest, payload, meta }: Payload,
  sequenceNr: SequenceNr,
  at: number,
  batch: Batch,
): Stored {
  return { manifest, payload: Buffer.from(payload), meta: meta && Buffer.from(meta), sequenceNr, at, batch };
}

export function toEvent({ manifest, payload, meta, sequenceNr, at, batch }: Stored): StoredEvent {
  const copy = copyPayload(meta === undefined ? { manifest, payload } : { manifest, payload, meta });
  return { ...copy, sequenceNr, epoch: batch.epoch, at };
}

/** What the bytes of an event count for. */
export function bytesOf({ manifest, payload, meta }: Payload | Stored): number {
  return Buffer.byteLength(manifest) + payload.byteLength + (meta?.byteLength ?? 0);
}
