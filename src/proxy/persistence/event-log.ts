import { randomUUID } from 'node:crypto';
import {
  type AppendRequest,
  type AppendResult,
  isStoreError,
  type NewSnapshot,
  type OpOptions,
  type Payload,
  type Recovered,
  type RecoverRequest,
  type SequenceNr,
  StoreError,
  type StreamKey,
} from '@stategate/journal-spi';
import { Batcher } from './batcher.ts';
import type { OwnedDriver } from './owned-driver.ts';

/** The journal as entities use it: grouped, with tokens of its own, and no append that ends unclear while it can be settled. */
export class EventLog {
  readonly #journal: OwnedDriver;
  readonly #snapshots: OwnedDriver;
  readonly #appends: Batcher<AppendRequest, AppendResult>;
  readonly #recoveries: Batcher<RecoverRequest, Recovered>;
  readonly #timeoutMs: number;

  /** `timeoutMs`: how long one call may take before the store counts as silent. */
  constructor(journal: OwnedDriver, snapshots: OwnedDriver, timeoutMs: number) {
    this.#journal = journal;
    this.#snapshots = snapshots;
    this.#timeoutMs = timeoutMs;
    const { driver } = journal;
    this.#appends = new Batcher((group) => driver.journal.appendMany(group, this.#options()), driver.tuning.groupMax);
    this.#recoveries = new Batcher(
      (group) => driver.journal.recoverMany(group, this.#options()),
      driver.tuning.groupMax,
    );
  }

  /** Reads what brings the stream to life and seals it against earlier owners. Throws `StoreError`. */
  async recover(stream: StreamKey): Promise<Recovered> {
    const { driver, fence, retries } = this.#journal;
    const request = { stream, fence, page: driver.tuning.page };
    if (this.#snapshots.driver === driver) {
      return retries.run(() => this.#recoveries.submit({ ...request, snapshot: true }));
    }
    const load = this.#snapshots.driver.snapshots;
    const snapshot = await this.#snapshots.retries.run(() => load.load(stream, {}, this.#options()));
    const after = snapshot === null ? {} : { after: snapshot.sequenceNr };
    const recovered = await retries.run(() => this.#recoveries.submit({ ...request, snapshot: false, ...after }));
    if (snapshot === null) return recovered;
    if (snapshot.sequenceNr > recovered.head.head) {
      const message = `the snapshot is of event ${snapshot.sequenceNr}, the journal has only ${recovered.head.head} events`;
      throw new StoreError('IntegrityError', message);
    }
    return { ...recovered, snapshot };
  }

  /**
   * Appends events after `expected` and returns the new head. Throws `StoreError`: `AmbiguousWrite` only when neither the
   * append nor the question what became of it was answered within the time.
   */
  async append(stream: StreamKey, expected: SequenceNr, events: readonly Payload[]): Promise<SequenceNr> {
    const { driver, fence, retries } = this.#journal;
    const request: AppendRequest = { stream, expected, events, fence, token: randomUUID() };
    const options = this.#options();
    for (;;) {
      try {
        return (await retries.run(() => this.#appends.submit(request))).lastSequenceNr;
      } catch (error) {
        if (!isStoreError(error) || error.code !== 'AmbiguousWrite' || performance.now() > options.deadline)
          throw error;
        const resolve = (): ReturnType<typeof driver.journal.resolve> => driver.journal.resolve(request, options);
        const found = await retries.run(resolve).catch(() => {
          throw error;
        });
        if (found.outcome === 'applied') return found.lastSequenceNr;
        // Absent: the same token may be sent again. Superseded: sending it again tells how.
      }
    }
  }

  async saveSnapshot(stream: StreamKey, snapshot: NewSnapshot): Promise<void> {
    const { driver, fence, retries } = this.#snapshots;
    const keep = driver.tuning.keepSnapshots;
    await retries.run(() => driver.snapshots.save(stream, snapshot, fence, { ...this.#options(), keep }));
  }

  #options(): OpOptions & { deadline: number } {
    return { deadline: performance.now() + this.#timeoutMs };
  }
}
