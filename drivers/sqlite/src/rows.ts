import type { Payload, Snapshot, StoredEvent, StreamKey } from '@stategate/journal-spi';
import type { Standing, StreamState } from '@stategate/journal-spi/kit';
import type { EventRow, HeadRow, PayloadRow, SnapshotRow, StandingRow, StreamNames } from './worker/operations.ts';

// What goes over to the worker and comes back as a list.

export function namesOf({ namespace, persistenceId, entityId }: StreamKey): StreamNames {
  return [namespace, persistenceId, entityId];
}

export function toRow({ manifest, payload, meta }: Payload): PayloadRow {
  return [manifest, payload, meta ?? null];
}

export function toPayload([manifest, payload, meta]: PayloadRow): Payload {
  return meta === null ? { manifest, payload } : { manifest, payload, meta };
}

export function toEvent([sequenceNr, epoch, at, ...payload]: EventRow): StoredEvent {
  return { sequenceNr, epoch, at, ...toPayload(payload) };
}

export function toSnapshot([sequenceNr, at, ...payload]: SnapshotRow): Snapshot {
  return { sequenceNr, at, ...toPayload(payload) };
}

export function toStanding([head, epoch, last]: StandingRow): Standing {
  return { head, epoch, last: last ?? undefined };
}

export function toState([head, deletedTo, epoch]: HeadRow): StreamState {
  return { head, deletedTo, epoch };
}
