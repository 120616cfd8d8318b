import { StoreError } from '@stategate/journal-spi';
import type { Epoch, Payload, SequenceNr, Snapshot, StreamKey, Token } from '@stategate/journal-spi';
import { createBell } from '@stategate/journal-spi/kit';

/** What one entry of any kind costs beyond its bytes: objects, token and map slots, measured and rounded up. */
const ENTRY_BYTES = 400;

/** All that an in-memory store holds. Drivers that are opened on the same database see the same data, as on a server. */
export class Database {
  readonly maxBytes: number;
  readonly streams = new Map<string, Stream>();
  readonly logs = new Map<string, Log>();
  /** Rings at every append. */
  readonly bell = createBell();
  readonly collections = new Map<string, Collection>();
  readonly epochs = new Map<string, Epochs>();
  #revision = 0;
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  hasRoom(entries: number, bytes: number): boolean {
    return this.#usedBytes + entries * ENTRY_BYTES + bytes <= this.maxBytes;
  }

  /** Accounts for what is about to be stored, before anything is changed. Throws `Throttled` when it does not fit. */
  take(entries: number, bytes: number): void {
    const size = this.#usedBytes + entries * ENTRY_BYTES + bytes;
    if (!this.hasRoom(entries, bytes)) {
      const message = `the in-memory store is full: it may take ${this.maxBytes} bytes (maxBytes) and would need ${size}`;
      throw new StoreError('Throttled', message, { limit: this.maxBytes, size });
    }
    this.#usedBytes = size;
  }

  /** Gives back what `take` took. */
  free(entries: number, bytes: number): void {
    this.#usedBytes -= entries * ENTRY_BYTES + bytes;
  }

  /** A store without room is not one that can write. */
  problems(): readonly string[] {
    if (!this.hasRoom(1, 0))
      throw new StoreError('Throttled', `the in-memory store is full (maxBytes ${this.maxBytes})`);
    const percent = Math.round((100 * this.#usedBytes) / this.maxBytes);
    return percent < 90 ? [] : [`${percent} % of the memory that it may take (maxBytes ${this.maxBytes}) is in use`];
  }

  nextRevision(): string {
    this.#revision += 1;
    return String(this.#revision);
  }
}

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

/** An event as it is kept: flat, because there are many. */
export interface Stored extends Payload {
  readonly sequenceNr: SequenceNr;
  readonly at: number;
  readonly batch: Batch;
}

/** One append. Its events know it, so that its token is found whatever was appended after it. */
export interface Batch {
  readonly stream: Stream;
  /** How many events the namespace had before. */
  readonly start: number;
  readonly token: Token;
  readonly epoch: Epoch;
  readonly first: SequenceNr;
  readonly last: SequenceNr;
}

/** What was appended to the streams of one namespace. */
export interface Log {
  /** The streams that have events, in the order of their first event. */
  readonly written: Stream[];
  /** All appends in their order, but for some of those whose events are deleted. */
  batches: Batch[];
  /** How many of `batches` are of deleted events. */
  deadBatches: number;
  /** All events that were ever appended. */
  events: number;
}

export interface Collection {
  readonly slots: Map<string, Slot>;
  /** The slots by the bytes of their keys: made when somebody lists, dropped when a key is added. */
  sorted: readonly Sorted[] | undefined;
}

export interface Sorted {
  readonly bytes: Uint8Array;
  readonly slot: Slot;
}

/** A key that was ever written or sealed. It stays after a deletion: its epoch and last token must not be forgotten. */
export interface Slot {
  readonly key: string;
  epoch: Epoch;
  /** Of the last write; empty while there was none. */
  token: Token;
  value: Value | undefined;
}

export interface Value extends Payload {
  readonly rev: string;
  readonly epoch: Epoch;
  readonly expiresAt: number;
}

/** The epochs of one namespace. */
export interface Epochs {
  last: Epoch;
  readonly scopes: Map<string, { readonly epoch: Epoch; readonly owner: string }>;
}

/** One string for several, such that different ones never meet: each but the last comes after its length. */
export function mapKey(a: string, b: string, c = ''): string {
  return `${a.length}:${a}${b.length}:${b}${c}`;
}

/** The same string in one piece, to keep: a fresh UUID is a rope of many, and takes 490 bytes instead of 56. */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** A copy that shares no memory, also of a `Buffer`, whose own `slice` would. */
export function copyPayload({ manifest, payload, meta }: Payload): Payload {
  const copy = { manifest, payload: new Uint8Array(payload) };
  return meta === undefined ? copy : { ...copy, meta: new Uint8Array(meta) };
}
