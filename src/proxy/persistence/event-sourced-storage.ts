import { type SequenceNr, StoreError, type StreamKey } from '@stategate/journal-spi';
import type { EntityStorage, EventsWrite, ReplayStep } from '../entities/kind.ts';
import type { AnyPayload } from '../entities/outcome.ts';
import { anyBytes, fromPayload, toPayload } from './envelope.ts';
import type { EventLog } from './event-log.ts';
import type { SnapshotPolicy } from './snapshot-policy.ts';
import { SnapshotSaver } from './snapshot-saver.ts';

interface Offer {
  readonly sequenceNr: SequenceNr;
  readonly state: AnyPayload;
}

/** What is read and written of events and snapshots; bytes are those of their `Any`. */
export interface StorageEvents {
  eventsLoaded(count: number, bytes: number): void;
  eventsPersisted(count: number, bytes: number): void;
  snapshotLoaded(bytes: number): void;
  /** When it is given to the store. */
  snapshotPersisted(bytes: number): void;
}

/** An event sourced entity's stream, as its owner sees it. */
export class EventSourcedStorage implements EntityStorage<EventsWrite> {
  readonly #log: EventLog;
  readonly #stream: StreamKey;
  readonly #policy: SnapshotPolicy;
  readonly #snapshots: SnapshotSaver;
  readonly #events: StorageEvents;
  #head: SequenceNr = 0;
  /** What the newest stored snapshot covers, and how many bytes of events came after it. */
  #covered: SequenceNr = 0;
  #uncoveredBytes = 0;
  #skipped: Offer | undefined;

  constructor(
    log: EventLog,
    stream: StreamKey,
    policy: SnapshotPolicy,
    events: StorageEvents,
    onSnapshotError: (error: unknown) => void,
  ) {
    this.#events = events;
    this.#log = log;
    this.#stream = stream;
    this.#policy = policy;
    const save = async (snapshot: Parameters<EventLog['saveSnapshot']>[1]): Promise<void> => {
      const started = performance.now();
      await log.saveSnapshot(stream, snapshot);
      policy.saved(performance.now() - started);
    };
    this.#snapshots = new SnapshotSaver(save, onSnapshotError);
  }

  async *replay(): AsyncGenerator<ReplayStep, void, undefined> {
    const started = performance.now();
    const { head, snapshot, pages } = await this.#log.recover(this.#stream);
    this.#head = head.head;
    this.#covered = snapshot?.sequenceNr ?? 0;
    this.#uncoveredBytes = 0;
    if (this.#covered < head.deletedTo) {
      const message = `events ${this.#covered + 1} to ${head.deletedTo} were deleted, and no snapshot covers them`;
      throw new StoreError('IntegrityError', message);
    }
    const state = snapshot && { sequenceNr: snapshot.sequenceNr, payload: fromPayload(snapshot) };
    if (state !== undefined) this.#events.snapshotLoaded(anyBytes(state.payload));
    yield { type: 'init', state };
    for await (const page of pages) {
      const events = page.events.map((event) => ({ sequenceNr: event.sequenceNr, payload: fromPayload(event) }));
      this.#events.eventsLoaded(events.length, this.#uncovered(events.map(({ payload }) => payload)));
      yield { type: 'events', events };
    }
    this.#policy.activated(this.#head - this.#covered, performance.now() - started);
  }

  async write({ events, snapshot }: EventsWrite, traceparent: string | undefined): Promise<void> {
    const records = events.map((event) => toPayload(event, traceparent));
    this.#head = await this.#log.append(this.#stream, this.#head, records);
    this.#policy.appended(events.length);
    this.#events.eventsPersisted(events.length, this.#uncovered(events));
    if (snapshot === undefined) return;
    const offer = { sequenceNr: this.#head, state: snapshot };
    if (this.#policy.accepts(this.#head - this.#covered, this.#uncoveredBytes)) this.#save(offer);
    else this.#skipped = offer;
  }

  /** Saves the newest snapshot that was not worth it before, if the next activation gains enough by it. */
  release(): void {
    const offer = this.#skipped;
    if (offer !== undefined && this.#policy.acceptsAtEnd(offer.sequenceNr - this.#covered)) this.#save(offer);
  }

  /** Adds events that no snapshot covers; returns their bytes. */
  #uncovered(events: readonly AnyPayload[]): number {
    let bytes = 0;
    for (const event of events) bytes += anyBytes(event);
    this.#uncoveredBytes += bytes;
    return bytes;
  }

  #save({ sequenceNr, state }: Offer): void {
    this.#skipped = undefined;
    this.#covered = sequenceNr;
    this.#uncoveredBytes = 0;
    this.#events.snapshotPersisted(anyBytes(state));
    this.#snapshots.offer({ ...toPayload(state), sequenceNr });
  }
}
