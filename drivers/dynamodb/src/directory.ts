import { StoreError } from '@stategate/journal-spi';
import type { ListQuery, StreamHead, StreamKey, StreamPage } from '@stategate/journal-spi';
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

/** The streams that were written, by the hashes of their names, those of one persistence id together. */
export async function listStreams(
  table: Table,
  { namespace, persistenceId, after, limit }: ListQuery,
  call: Call,
  headOf: (stream: StreamKey) => Promise<StreamHead>,
): Promise<StreamPage> {
  const prefix = persistenceId === undefined ? '' : prefixOf(persistenceId);
  if (after !== undefined && !(/^[\w-]{65}$/.test(after) && after.startsWith(prefix))) {
    throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
  }
  const query = { prefix, after, limit };
  const { found, next } = await table.list(partition('streams', namespace), query, call, async (item) => {
    const [name = '', entityId = ''] = JSON.parse(textOf(item, 'i')) as readonly string[];
    const stream = { namespace, persistenceId: name, entityId };
    const head = await headOf(stream);
    return head.exists ? { ...stream, ...head } : null;
  });
  return next === undefined ? { streams: found } : { streams: found, next };
}

function prefixOf(persistenceId: string): string {
  return digest(persistenceId).slice(0, PERSISTENCE_ID_CHARACTERS);
}
