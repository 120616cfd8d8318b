import type { Epoch, SequenceNr, Snapshot, StoredEvent, StreamHead, StreamKey, Token } from '@stategate/journal-spi';
import { mapKey } from './database.ts';
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

export interface Stored {
  readonly event: StoredEvent;
  readonly batch: Batch;
}

/** One append. Its events know it, so that its token is found whatever was appended after it. */
export interface Batch {
  readonly token: Token;
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
  database.streams.set(mapped, stream);
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
