import { randomUUID } from 'node:crypto';
import type { Fence, KvKey } from '@stategate/journal-spi';
import type { StoredValue, ValueStore } from '@stategate/kv';
import type { EntityStorage, ReplayStep, ValueWriteRequest } from '../entities/kind.ts';
import { fromPayload, toPayload } from './envelope.ts';

/** A value entity's entry, as its owner sees it. */
export class ValueEntityStorage implements EntityStorage<ValueWriteRequest> {
  readonly #store: ValueStore;
  readonly #key: KvKey;
  readonly #fence: Fence;
  readonly #timeoutMs: number;
  #stored: StoredValue = { value: null, rev: null };

  constructor(store: ValueStore, key: KvKey, fence: Fence, timeoutMs: number) {
    this.#store = store;
    this.#key = key;
    this.#fence = fence;
    this.#timeoutMs = timeoutMs;
  }

  async *replay(): AsyncGenerator<ReplayStep, void, undefined> {
    this.#stored = await this.#store.recover(this.#key, this.#fence, this.#options());
    const { value } = this.#stored;
    yield { type: 'init', state: value === null ? undefined : { sequenceNr: 0, payload: fromPayload(value) } };
  }

  async write({ value }: ValueWriteRequest): Promise<void> {
    const write = { key: this.#key, previous: this.#stored, fence: this.#fence, token: randomUUID() };
    this.#stored = await this.#store.write({ ...write, value: value && toPayload(value) }, this.#options());
  }

  release(): void {
    // Everything is stored.
  }

  #options(): { deadline: number } {
    return { deadline: performance.now() + this.#timeoutMs };
  }
}
