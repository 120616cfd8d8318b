import type { Status } from '../../transport/call.ts';
import type { Span } from '../span.ts';
import type { Crdt } from './crdt.ts';
import type { CrdtStorage, StoredCrdt } from './kind.ts';

export interface WriterEvents {
  /** All changes up to this one are durable. `others`: what is stored, when it is not just what was written. */
  onSaved(saved: number, others: StoredCrdt, durationMs: number): void;
  /** Says what the store's error is to callers. */
  onFailed(error: unknown): Status;
}

/** Makes changes durable, one write at a time: changes that come during a write go into the next one together. */
export class Writer {
  readonly #storage: CrdtStorage;
  readonly #events: WriterEvents;
  #value: Crdt | 'deleted' | undefined;
  #changes = 0;
  #saved = 0;
  /** What traces show of the changes that are not durable. */
  #spans: Span[] = [];
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

  /** `span`: of the command that changed the value. */
  put(value: Crdt | 'deleted', span: Span | undefined): void {
    if (span !== undefined) this.#spans.push(span.child('store write', 'client'));
    this.#value = value;
    this.#changes += 1;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    let writing: readonly Span[] = [];
    try {
      while (!this.isDone && this.#value !== undefined) {
        const [value, changes, started] = [this.#value, this.#changes, performance.now()];
        writing = this.#spans;
        this.#spans = [];
        const stored = await this.#storage.write(value);
        this.#saved = changes;
        for (const span of writing) span.end();
        this.#events.onSaved(changes, stored === value ? undefined : stored, performance.now() - started);
      }
    } catch (error) {
      const status = this.#events.onFailed(error);
      for (const span of [...writing, ...this.#spans]) span.end(status);
      this.#spans = [];
    }
    this.#running = undefined;
  }
}
