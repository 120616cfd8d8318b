import { randomUUID } from 'node:crypto';
import { type Fence, isStoreError, type KvKey, type Payload, StoreError } from '@stategate/journal-spi';
import type { StoredValue, ValueStore } from '@stategate/kv';
import { stategate } from '@stategate/protocol';
import { type Crdt, CrdtError } from '../entities/crdt/crdt.ts';
import type { CrdtStorage, StoredCrdt } from '../entities/crdt/kind.ts';
import { fromState } from '../entities/crdt/values.ts';
import { fromPayload, toPayload } from './envelope.ts';
import { replicaId } from './replica-id.ts';

const { CrdtEntry } = stategate.v1;
const TYPE_URL = 'type.googleapis.com/stategate.v1.CrdtEntry';
const DELETED_FOR_MS = 24 * 60 * 60 * 1_000;
/** Others may write at the same time; so often their changes are taken in before a write is given up. */
const TRIES = 5;

/** Where the CRDT entities of one service are kept: one entry for each, with its full state. */
export interface CrdtCollection {
  readonly store: ValueStore;
  readonly namespace: string;
  readonly persistenceId: string;
  readonly fence: Fence;
  /** How long one call may take. */
  readonly timeoutMs: number;
  /** Whether the store itself removes what has an end. */
  readonly expires: boolean;
  readonly replica: () => Promise<string>;
}

/** Asks for the replica id once, and again only after a failure. */
export function sharedReplica(
  store: ValueStore,
  namespace: string,
  fence: Fence,
  timeoutMs: number,
): () => Promise<string> {
  let id: Promise<string> | undefined;
  return () => {
    id ??= replicaId(store, namespace, fence, () => ({ deadline: performance.now() + timeoutMs })).catch(
      (error: unknown) => {
        id = undefined;
        throw error;
      },
    );
    return id;
  };
}

/** One CRDT entity's entry. A deletion leaves a mark for a day, so that it wins over what others have not heard of it. */
export class CrdtEntityStorage implements CrdtStorage {
  readonly #collection: CrdtCollection;
  readonly #key: KvKey;
  #previous: StoredValue = { value: null, rev: null };

  constructor(collection: CrdtCollection, entityId: string) {
    const { namespace, persistenceId } = collection;
    this.#collection = collection;
    this.#key = { namespace, collection: `$crdt/${persistenceId}`, key: entityId };
  }

  async recover(): Promise<{ readonly replica: string; readonly stored: StoredCrdt }> {
    const replica = await this.#collection.replica();
    return { replica, stored: await this.#read() };
  }

  async write(value: Crdt | 'deleted'): Promise<StoredCrdt> {
    const { store, fence, expires } = this.#collection;
    let merged: Crdt | 'deleted' = value;
    for (let tries = 1; ; tries += 1) {
      const ttl = merged === 'deleted' && expires ? { ttlMs: DELETED_FOR_MS } : {};
      try {
        const write = { key: this.#key, previous: this.#previous, fence, token: randomUUID(), ...ttl };
        const { rev } = await store.write({ ...write, value: encode(merged) }, this.#options());
        // Only the revision is needed for the next write.
        this.#previous = { value: null, rev };
        return merged;
      } catch (error) {
        if (!isStoreError(error) || error.code !== 'SequenceConflict' || tries === TRIES) throw error;
        const stored = await this.#read();
        if (stored === 'deleted') return stored;
        if (merged !== 'deleted' && stored !== undefined) merged = stored.merge(merged);
      }
    }
  }

  async #read(): Promise<StoredCrdt> {
    const { store, fence } = this.#collection;
    const { value, rev } = await store.recover(this.#key, fence, this.#options());
    this.#previous = { value: null, rev };
    return value === null ? undefined : decode(value);
  }

  #options(): { deadline: number } {
    return { deadline: performance.now() + this.#collection.timeoutMs };
  }
}

function encode(value: Crdt | 'deleted'): Payload {
  const entry = value === 'deleted' ? { deletedAt: Date.now() } : { state: value.toState() };
  return toPayload({ typeUrl: TYPE_URL, value: CrdtEntry.encode(entry).finish() });
}

function decode(payload: Payload): StoredCrdt {
  const { typeUrl, value } = fromPayload(payload);
  try {
    const { state, deletedAt } = CrdtEntry.decode(value ?? new Uint8Array(0));
    // In a store that keeps what has an end, the mark of an old deletion is like nothing.
    if (deletedAt !== 0) return Date.now() - deletedAt < DELETED_FOR_MS ? 'deleted' : undefined;
    return fromState(state ?? {});
  } catch (error) {
    const what = error instanceof CrdtError ? error.message : `it cannot be read: ${String(error)}`;
    throw new StoreError('IntegrityError', `a CRDT's entry of type ${typeUrl}: ${what}`, { cause: error });
  }
}
