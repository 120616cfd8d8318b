import type { Payload, SequenceNr, StoredEvent, StreamKey } from '@stategate/journal-spi';
import { copyPayload, flat, mapKey } from './database.ts';
import type { Batch, Database, Log, Stored, Stream } from './database.ts';

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

export function ensureLog(database: Database, namespace: string): Log {
  const found = database.logs.get(namespace);
  if (found !== undefined) return found;
  const log: Log = { written: [], batches: [], deadBatches: 0, events: 0 };
  database.logs.set(namespace, log);
  return log;
}

/** Copies small payloads into shared slabs, as `Buffer.from` does: a log is freed in the order in which it was written. */
export function toStored(event: Payload, sequenceNr: SequenceNr, at: number, batch: Batch): Stored {
  const stored = { manifest: event.manifest, payload: Buffer.from(event.payload), sequenceNr, at, batch };
  return event.meta === undefined ? stored : { ...stored, meta: Buffer.from(event.meta) };
}

export function toEvent(stored: Stored): StoredEvent {
  const { sequenceNr, at, batch } = stored;
  return { ...copyPayload(stored), sequenceNr, epoch: batch.epoch, at };
}
