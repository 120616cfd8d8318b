import { randomUUID } from 'node:crypto';
import {
  type AppendRequest,
  type AppendResult,
  type Driver,
  type Fence,
  isStoreError,
  type NewSnapshot,
  type OpOptions,
  type Payload,
  type Recovered,
  type RecoverRequest,
  type SequenceNr,
  type StreamKey,
} from '@stategate/journal-spi';
import { Batcher } from './batcher.ts';

/** The journal as entities use it: grouped, with tokens of its own, and no append that ends unclear while it can be settled. */
export class EventLog {
  readonly #driver: Driver;
  readonly #appends: Batcher<AppendRequest, AppendResult>;
  readonly #recoveries: Batcher<RecoverRequest, Recovered>;
  readonly #timeoutMs: number;

  /** `timeoutMs`: how long one group may take before the store counts as silent. */
  constructor(driver: Driver, timeoutMs: number) {
    const { journal, tuning } = driver;
    this.#driver = driver;
    this.#timeoutMs = timeoutMs;
    this.#appends = new Batcher((group) => journal.appendMany(group, this.#options()), tuning.groupMax);
    this.#recoveries = new Batcher((group) => journal.recoverMany(group, this.#options()), tuning.groupMax);
  }

  /** Reads what brings the stream to life and seals it against earlier owners. Throws `StoreError`. */
  recover(stream: StreamKey, fence: Fence): Promise<Recovered> {
    return this.#recoveries.submit({ stream, fence, snapshot: true, page: this.#driver.tuning.page });
  }

  /**
   * Appends events after `expected` and returns the new head. Throws `StoreError`: `AmbiguousWrite` only when neither the
   * append nor the question what became of it was answered within `timeoutMs`.
   */
  async append(stream: StreamKey, expected: SequenceNr, events: readonly Payload[], fence: Fence): Promise<SequenceNr> {
    const request: AppendRequest = { stream, expected, events, fence, token: randomUUID() };
    const options = this.#options();
    for (;;) {
      try {
        return (await this.#appends.submit(request)).lastSequenceNr;
      } catch (error) {
        if (!isStoreError(error) || error.code !== 'AmbiguousWrite' || performance.now() > options.deadline)
          throw error;
        const found = await this.#driver.journal.resolve(request, options).catch(() => {
          throw error;
        });
        if (found.outcome === 'applied') return found.lastSequenceNr;
        // Absent: the same token may be sent again. Superseded: sending it again tells how.
      }
    }
  }

  async saveSnapshot(stream: StreamKey, snapshot: NewSnapshot, fence: Fence): Promise<void> {
    const keep = this.#driver.tuning.keepSnapshots;
    await this.#driver.snapshots.save(stream, snapshot, fence, { ...this.#options(), keep });
  }

  #options(): OpOptions & { deadline: number } {
    return { deadline: performance.now() + this.#timeoutMs };
  }
}
