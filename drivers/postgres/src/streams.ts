import { hash } from 'node:crypto';
import type { Fence, OpOptions, Snapshot, StoredEvent, StreamKey } from '@stategate/journal-spi';
import type { PageFetch, StreamState } from '@stategate/journal-spi/kit';
import { int8Array, textArray } from './arrays.ts';
import type { Connection } from './connection.ts';
import { fromText, placeOf, toText } from './names.ts';
import type { EventRow, HeadRow, Statements } from './statements.ts';

/** Raises the epochs of streams that have a lower one, and makes those that are not there. */
export async function sealStreams(
  connection: Connection,
  { seal }: Statements,
  requests: readonly { readonly stream: StreamKey; readonly fence: Fence }[],
  options: OpOptions,
): Promise<void> {
  const names = requests.map(({ stream }) => stream);
  const values = [
    textArray(names.map(keyOf)),
    textArray(names.map(({ namespace }) => toText(namespace))),
    textArray(names.map(({ persistenceId }) => toText(persistenceId))),
    textArray(names.map(({ entityId }) => toText(entityId))),
    int8Array(requests.map(({ fence }) => fence.epoch)),
    int8Array(names.map(({ namespace }) => feedOf(namespace))),
  ];
  await connection.run('seal', seal, values, options);
}

export function fetchFrom(
  connection: Connection,
  { forward, backward }: Statements,
  stream: StreamKey,
  options: OpOptions,
): PageFetch {
  return async (range) => {
    const end = range.backward
      ? Math.max(range.to, range.from - range.events + 1)
      : Math.min(range.to, range.from + range.events - 1);
    const values = [keyOf(stream), range.from, end, range.bytes];
    return (await connection.run('read', range.backward ? backward : forward, values, options)).map(toEvent);
  };
}

/** Only makes it quick to find the events of a namespace: others may have the same. */
export function feedOf(namespace: string): number {
  return parseInt(hash('sha256', namespace).slice(0, 7), 16);
}

export function keyOf({ namespace, persistenceId, entityId }: StreamKey): string {
  return placeOf(namespace, persistenceId, entityId);
}

export function toState([head, deletedTo, epoch]: HeadRow = [0, 0, 0]): StreamState {
  return { head, deletedTo, epoch };
}

export function toEvent([sequenceNr, epoch, at, manifest, payload, meta]: EventRow): StoredEvent {
  return { sequenceNr, epoch, at, manifest: fromText(manifest), payload, ...(meta !== null && { meta }) };
}

export function toSnapshot([sequenceNr, , at, manifest, payload, meta]: EventRow): Snapshot {
  return { sequenceNr, at, manifest: fromText(manifest), payload, ...(meta !== null && { meta }) };
}
