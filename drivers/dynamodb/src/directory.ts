import { StoreError } from '@stategate/journal-spi';
import type { ListQuery, StreamKey } from '@stategate/journal-spi';
import type { Call } from '@stategate/journal-spi/kit';
import { digest, partition, text, textOf } from './items.ts';
import type { Table } from './table.ts';

const PERSISTENCE_ID_CHARACTERS = 22;

/** Enters a stream before its first event is written: so every stream that was written is in there, and a few that were not. */
export async function enterStream(table: Table, { namespace, persistenceId, entityId }: StreamKey, call: Call) {
  const sk = prefixOf(persistenceId) + digest(entityId);
  const names = { i: text(JSON.stringify([persistenceId, entityId])) };
  await table.put({ pk: partition('streams', namespace), sk }, names, call);
}

/** Entered streams by the hashes of their names, those of one persistence id together. */
export async function enteredStreams(
  table: Table,
  { namespace, persistenceId, limit }: ListQuery,
  after: string | undefined,
  call: Call,
): Promise<{ readonly entered: readonly StreamKey[]; readonly next: string | undefined }> {
  const prefix = persistenceId === undefined ? '' : prefixOf(persistenceId);
  const { items, next } = await table.query(partition('streams', namespace), { prefix, after, limit }, call);
  const entered = items.map((item) => {
    const [name = '', entityId = ''] = JSON.parse(textOf(item, 'i')) as readonly string[];
    return { namespace, persistenceId: name, entityId };
  });
  return { entered, next };
}

/** Throws `InvalidRequest` for what is no cursor of the list that the query asks for. */
export function checkCursor({ after, persistenceId }: ListQuery): void {
  if (after === undefined) return;
  const prefix = persistenceId === undefined ? '' : prefixOf(persistenceId);
  if (/^[\w-]{65}$/.test(after) && after.startsWith(prefix)) return;
  throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
}

function prefixOf(persistenceId: string): string {
  return digest(persistenceId).slice(0, PERSISTENCE_ID_CHARACTERS);
}
