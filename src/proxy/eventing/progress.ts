import { randomUUID } from 'node:crypto';
import {
  type Fence,
  type FeedEvent,
  type FeedPage,
  type Offset,
  type Payload,
  StoreError,
} from '@stategate/journal-spi';
import type { StoredValue, ValueStore } from '@stategate/kv';
import type { EventConsumer } from './consumers.ts';
import { PARKED, type ParkedEvent, type ParkedEvents } from './parked.ts';

const OFFSETS = '$offsets';
const JSON_TYPE = 'application/json';
/** An offset is saved when so many events have passed, or so much time. */
const SAVE_EVENTS = 20;
const SAVE_MS = 1_000;

/** Where the progress of consumers is kept: beside the events that it counts. */
export interface ProgressStore {
  readonly store: ValueStore;
  readonly namespace: string;
  readonly fence: Fence;
  /** How long one call may take. */
  readonly timeoutMs: number;
}

interface SavedOffset {
  readonly offset?: Offset;
  /** Of single entities, what has been delivered beyond the offset. */
  readonly ahead: Readonly<Record<string, number>>;
}

/** How far one consumer has come, in memory and in the store. */
export class Progress {
  readonly #place: ProgressStore;
  readonly #consumer: EventConsumer;
  readonly #parkedMax: number;
  readonly #onSaveFailed: (error: unknown) => void;
  readonly #ahead = new Map<string, number>();
  readonly #parked = new Map<string, ParkedEvent>();
  readonly #written: Record<typeof OFFSETS | typeof PARKED, StoredValue> = {
    [OFFSETS]: { value: null, rev: null },
    [PARKED]: { value: null, rev: null },
  };
  #offset: Offset | undefined;
  #unsaved = 0;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    place: ProgressStore,
    consumer: EventConsumer,
    parkedMax: number,
    onSaveFailed: (error: unknown) => void,
  ) {
    this.#place = place;
    this.#consumer = consumer;
    this.#parkedMax = parkedMax;
    this.#onSaveFailed = onSaveFailed;
  }

  get offset(): Offset | undefined {
    return this.#offset;
  }

  get parked(): readonly ParkedEvent[] {
    return [...this.#parked.values()];
  }

  /** Goes back to what the store has, and seals it against earlier owners. Throws `StoreError`. */
  async load(): Promise<void> {
    await this.#writing.catch(() => undefined);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const offset = await this.#recover<SavedOffset>(OFFSETS);
    const parked = await this.#recover<ParkedEvents>(PARKED);
    this.#offset = offset?.offset;
    this.#unsaved = 0;
    this.#ahead.clear();
    for (const [entityId, sequenceNr] of Object.entries(offset?.ahead ?? {})) this.#ahead.set(entityId, sequenceNr);
    this.#parked.clear();
    for (const event of parked?.parked ?? []) this.#parked.set(event.entityId, event);
  }

  /** Whether the event was delivered before, or waits behind a parked one. */
  isPast({ stream: { entityId }, sequenceNr }: FeedEvent): 'delivered' | 'held' | undefined {
    if (sequenceNr <= (this.#ahead.get(entityId) ?? 0)) return 'delivered';
    return this.#parked.has(entityId) ? 'held' : undefined;
  }

  delivered({ stream: { entityId }, sequenceNr }: FeedEvent): void {
    this.#ahead.set(entityId, sequenceNr);
    this.#unsaved += 1;
    this.#saveSoon();
  }

  /** The whole page is done. Throws `StoreError` when that had to be saved and could not. */
  async passed({ events, checkpoint }: FeedPage): Promise<void> {
    // A page without events only moves on: no reason to write by itself, unless there are many.
    if (events.length === 0 && checkpoint !== this.#offset) this.#unsaved += 1;
    this.#offset = checkpoint;
    for (const { stream, sequenceNr } of events) {
      if (sequenceNr >= (this.#ahead.get(stream.entityId) ?? Infinity)) this.#ahead.delete(stream.entityId);
    }
    if (this.#unsaved >= SAVE_EVENTS) await this.save();
    else if (events.length > 0) this.#saveSoon();
  }

  canPark(entityId: string): boolean {
    return this.#parked.has(entityId) || this.#parked.size < this.#parkedMax;
  }

  /** Throws `StoreError`: then the event is not parked. */
  async park(event: ParkedEvent): Promise<void> {
    const before = this.#parked.get(event.entityId);
    this.#parked.set(event.entityId, event);
    try {
      await this.#saveParked();
    } catch (error) {
      if (before === undefined) this.#parked.delete(event.entityId);
      else this.#parked.set(event.entityId, before);
      throw error;
    }
  }

  /** Everything of the entity has been delivered after all. The offset goes first: what is unparked must not come again. */
  async unpark(entityId: string): Promise<void> {
    await this.save();
    this.#parked.delete(entityId);
    await this.#saveParked();
  }

  /** Throws `StoreError`. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#write(OFFSETS, () => {
      this.#unsaved = 0;
      const ahead = Object.fromEntries(this.#ahead);
      return this.#offset === undefined ? { ahead } : { offset: this.#offset, ahead };
    });
  }

  #saveSoon(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.save().catch((error: unknown) => {
        this.#onSaveFailed(error);
        this.#saveSoon();
      });
    }, SAVE_MS);
  }

  /** Saves what is not saved; nothing is saved by itself any more. Throws `StoreError`. */
  async close(): Promise<void> {
    this.#closed = true;
    const isSaved = this.#timer === undefined && this.#unsaved === 0;
    clearTimeout(this.#timer);
    if (isSaved) await this.#writing;
    else await this.save();
  }

  #saveParked(): Promise<void> {
    const { persistenceId, group } = this.#consumer;
    return this.#write(PARKED, () => ({ eventLog: persistenceId, group, parked: this.parked }));
  }

  /** One write after the other; each takes what holds when its turn comes. */
  #write(collection: typeof OFFSETS | typeof PARKED, read: () => SavedOffset | ParkedEvents): Promise<void> {
    const { store, fence } = this.#place;
    const written = this.#writing
      .catch(() => undefined)
      .then(async () => {
        const value: Payload = { manifest: JSON_TYPE, payload: Buffer.from(JSON.stringify(read())) };
        const previous = this.#written[collection];
        const write = { key: this.#key(collection), previous, value, fence, token: randomUUID() };
        const { rev } = await store.write(write, this.#options());
        // Only the revision is needed for the next write.
        this.#written[collection] = { value: null, rev };
      });
    this.#writing = written;
    return written;
  }

  async #recover<Saved>(collection: typeof OFFSETS | typeof PARKED): Promise<Saved | undefined> {
    const { store, fence } = this.#place;
    const { value, rev } = await store.recover(this.#key(collection), fence, this.#options());
    this.#written[collection] = { value: null, rev };
    if (value === null) return undefined;
    try {
      return JSON.parse(Buffer.from(value.payload).toString()) as Saved;
    } catch (cause) {
      throw new StoreError('IntegrityError', `${collection} ${this.#consumer.key} cannot be read`, { cause });
    }
  }

  #key(collection: string): { namespace: string; collection: string; key: string } {
    return { namespace: this.#place.namespace, collection, key: this.#consumer.key };
  }

  #options(): { deadline: number } {
    return { deadline: performance.now() + this.#place.timeoutMs };
  }
}
