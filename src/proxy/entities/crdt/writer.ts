import type { Crdt } from './crdt.ts';
import type { CrdtStorage, StoredCrdt } from './kind.ts';

export interface WriterEvents {
  /** All changes up to this one are durable. `others`: what is stored, when it is not just what was written. */
  onSaved(saved: number, others: StoredCrdt, durationMs: number): void;
  onFailed(error: unknown): void;
}

/** Makes changes durable, one write at a time: changes that come during a write go into the next one together. */
export class Writer {
  readonly #storage: CrdtStorage;
  readonly #events: WriterEvents;
  #value: Crdt | 'deleted' | undefined;
  #changes = 0;
  #saved = 0;
  #running: Promise<void> | undefined;

  constructor(storage: CrdtStorage, events: WriterEvents) {
    this.#storage = storage;
    this.#events = events;
  }

  /** The number of the last change. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether all changes are durable. */
  get isDone(): boolean {
    return this.#saved === this.#changes;
  }

  /** Resolves when nothing is being written any more. Never rejects. */
  get ended(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  put(value: Crdt | 'deleted'): void {
    this.#value = value;
    this.#changes += 1;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (!this.isDone && this.#value !== undefined) {
        const [value, changes, started] = [this.#value, this.#changes, performance.now()];
        const stored = await this.#storage.write(value);
        this.#saved = changes;
        this.#events.onSaved(changes, stored === value ? undefined : stored, performance.now() - started);
      }
    } catch (error) {
      this.#events.onFailed(error);
    }
    this.#running = undefined;
  }
}
