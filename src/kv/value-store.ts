import {
  type DeleteRequest,
  type Fence,
  isStoreError,
  type KeyValueStore,
  type KvCondition,
  type KvKey,
  type KvWritten,
  type OpOptions,
  type Payload,
  type PutRequest,
  StoreError,
  type Token,
} from '@stategate/journal-spi';

/** The value of one entity as its owner knows it. Both null: there is none. */
export interface StoredValue {
  readonly value: Payload | null;
  readonly rev: string | null;
}

export interface ValueWrite {
  readonly key: KvKey;
  /** What this write replaces, as `recover` or the last `write` returned it. */
  readonly previous: StoredValue;
  /** Null deletes. */
  readonly value: Payload | null;
  readonly fence: Fence;
  readonly token: Token;
  /** After so many milliseconds the value is gone; absent: it stays. Only for stores with the capability `ttl`. */
  readonly ttlMs?: number;
}

/** Sends one write, perhaps grouped with others. */
export type SubmitWrite = (request: PutRequest | DeleteRequest) => Promise<KvWritten>;

/** Keeps value entities on a key-value store: each write follows the one before it, and an unclear end is settled, never guessed. */
export class ValueStore {
  readonly #store: KeyValueStore;
  readonly #submit: SubmitWrite;

  constructor(store: KeyValueStore, submit: SubmitWrite) {
    this.#store = store;
    this.#submit = submit;
  }

  /** Reads the value and makes sure that no earlier owner can change it any more. Throws `StoreError`. */
  async recover(key: KvKey, fence: Fence, options: OpOptions): Promise<StoredValue> {
    const entry = await this.#store.recover(key, fence, options);
    return entry === null ? { value: null, rev: null } : { value: entry, rev: entry.rev };
  }

  /** Throws `SequenceConflict` when somebody else wrote in between, `AmbiguousWrite` when the end stayed unclear until the deadline. */
  async write(write: ValueWrite, options: OpOptions): Promise<StoredValue> {
    const { key, previous, value, fence, token, ttlMs } = write;
    const condition: KvCondition = previous.rev === null ? { if: 'absent' } : { if: 'rev', rev: previous.rev };
    const expiry = ttlMs === undefined ? {} : { ttlMs };
    const request = { key, value, condition, fence, token, ...expiry } as PutRequest | DeleteRequest;
    for (;;) {
      try {
        const { rev } = await this.#submit(request);
        return { value, rev };
      } catch (error) {
        if (!isStoreError(error) || error.code !== 'AmbiguousWrite') throw error;
        const found = await this.#settle(write, error, options);
        if (found !== null) return found;
        // Not there: the same token may be sent again.
      }
    }
  }

  /** Reads back: our write, or null when it is not there yet. A write of somebody else is a conflict. */
  async #settle(
    { key, previous, value, token }: ValueWrite,
    error: StoreError,
    options: OpOptions,
  ): Promise<StoredValue | null> {
    if (options.signal?.aborted || performance.now() > (options.deadline ?? Infinity)) throw error;
    const entry = await this.#store.get(key, options);
    if (entry?.token === token) return { value, rev: entry.rev };
    const rev = entry?.rev ?? null;
    if (value === null && rev === null && previous.rev !== null) return { value: null, rev: null };
    if (rev !== previous.rev)
      throw new StoreError('SequenceConflict', 'the value was written by somebody else', { cause: error });
    return null;
  }
}
