import type { Outcome } from './journal.ts';
import type { Epoch, Fence, OpOptions, Payload, Token } from './stream.ts';

/** Names one value. Three independent UTF-8 strings of 1 … 1024 bytes, as in `StreamKey`. */
export interface KvKey {
  readonly namespace: string;
  readonly collection: string;
  readonly key: string;
}

/** Values with a revision for each, fenced like journals. */
export interface KeyValueStore {
  /** Null when it is not there, was deleted, or is past its time. */
  get(key: KvKey, options: OpOptions): Promise<KvEntry | null>;

  /** Reads linearizably and seals the key: once this returns no write of a lower epoch is ever acknowledged. A higher epoch is `Fenced`. */
  recover(key: KvKey, fence: Fence, options: OpOptions): Promise<KvEntry | null>;

  /** `putMany` of one request: throws what that returns as an outcome. */
  put(request: PutRequest, options: OpOptions): Promise<KvWritten>;

  /** `putMany` of one request: throws what that returns as an outcome. */
  delete(request: DeleteRequest, options: OpOptions): Promise<KvWritten>;

  /**
   * Writes several keys, each on its own: one outcome per request, in their order. Checks, in this order: the token of the
   * key's last write is a success (`duplicate`), a lower epoch is `Fenced {ours, current}`, an unmet condition is
   * `SequenceConflict`. Nothing but the key's last token is remembered: to settle an `AmbiguousWrite`, read and compare it.
   */
  putMany(
    requests: readonly (PutRequest | DeleteRequest)[],
    options: OpOptions,
  ): Promise<readonly Outcome<KvWritten>[]>;

  /** The entries of a collection whose key starts with `prefix`, by the bytes of the key; `after` is a key, not included. */
  list(query: KvListQuery, options: OpOptions): Promise<readonly (KvEntry & { readonly key: string })[]>;
}

export interface KvEntry extends Payload {
  /** Changes with every write of the key and never comes back, deletion and re-creation included. */
  readonly rev: string;
  /** Of the write that made this entry. */
  readonly token: Token;
  readonly epoch: Epoch;
}

export type KvCondition =
  | { readonly if: 'any' }
  | { readonly if: 'absent' }
  | { readonly if: 'exists' }
  | { readonly if: 'rev'; readonly rev: string };

export interface PutRequest {
  readonly key: KvKey;
  readonly value: Payload;
  readonly condition: KvCondition;
  readonly fence: Fence;
  readonly token: Token;
  /** After so many milliseconds the entry is gone; absent or null = it stays. 1 … 10 years, else `InvalidRequest`. */
  readonly ttlMs?: number | null;
}

export interface DeleteRequest {
  readonly key: KvKey;
  readonly value: null;
  readonly condition: KvCondition;
  readonly fence: Fence;
  readonly token: Token;
}

export interface KvWritten {
  /** Null after a deletion. */
  readonly rev: string | null;
  readonly duplicate: boolean;
  /** Whether an entry was there before. */
  readonly existed: boolean;
}

export interface KvListQuery {
  readonly namespace: string;
  readonly collection: string;
  readonly prefix?: string;
  readonly after?: string;
  readonly limit: number;
}
