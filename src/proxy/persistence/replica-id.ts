import { randomUUID } from 'node:crypto';
import { type Fence, isStoreError, type KvKey } from '@stategate/journal-spi';
import type { ValueStore } from '@stategate/kv';

/**
 * The name under which this proxy writes CRDTs of a namespace. It is kept in the store and used by whoever owns the namespace, so
 * that counters have one slot and not one for each start. Throws `StoreError`.
 */
export async function replicaId(
  store: ValueStore,
  namespace: string,
  fence: Fence,
  options: () => { deadline: number },
): Promise<string> {
  const key: KvKey = { namespace, collection: '$crdt', key: 'replica' };
  for (;;) {
    const previous = await store.recover(key, fence, options());
    if (previous.value !== null) return Buffer.from(previous.value.payload).toString();
    const id = randomUUID().slice(0, 8);
    const value = { manifest: 'text/plain', payload: Buffer.from(id) };
    try {
      await store.write({ key, previous, value, fence, token: randomUUID() }, options());
      return id;
    } catch (error) {
      // Somebody else was first: then theirs is there to be read.
      if (!isStoreError(error) || error.code !== 'SequenceConflict') throw error;
    }
  }
}
