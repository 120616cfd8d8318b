import { type SequenceNr, StoreError, type StreamKey } from '@stategate/journal-spi';
import type { EntityStorage, EventsWrite, ReplayStep } from '../entities/kind.ts';
import type { AnyPayload } from '../entities/outcome.ts';
import { fromPayload, toPayload } from './envelope.ts';
import type { EventLog } from './event-log.ts';
import type { SnapshotPolicy } from './snapshot-policy.ts';
import { SnapshotSaver } from './snapshot-saver.ts';

interface Offer {
  readonly sequenceNr: SequenceNr;
  readonly state: AnyPayload;
}

/** An event sourced entity's stream, as its owner sees it. */
export class EventSourcedStorage implements EntityStorage<EventsWrite> {
  readonly #log: EventLog;
  readonly #stream: StreamKey;
  readonly #policy: SnapshotPolicy;
  readonly #snapshots: SnapshotSaver;
  #head: SequenceNr = 0;
  /** What the newest stored snapshot covers, and how many bytes of events came after it. */
  #covered: SequenceNr = 0;
  #uncoveredBytes = 0;
  #skipped: Offer | undefined;

  constructor(log: EventLog, stream: StreamKey, policy: SnapshotPolicy, onSnapshotError: (error: unknown) => void) {
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
    yield {
      type: 'init',
      state: snapshot && { sequenceNr: snapshot.sequenceNr, payload: fromPayload(snapshot) },
    };
    for await (const { events } of pages) {
      for (const { payload } of events) this.#uncoveredBytes += payload.length;
      yield {
        type: 'events',
        events: events.map((event) => ({ sequenceNr: event.sequenceNr, payload: fromPayload(event) })),
      };
    }
    this.#policy.activated(this.#head - this.#covered, performance.now() - started);
  }

  async write({ events, snapshot }: EventsWrite): Promise<void> {
    this.#head = await this.#log.append(this.#stream, this.#head, events.map(toPayload));
    this.#policy.appended(events.length);
    for (const { value } of events) this.#uncoveredBytes += value?.length ?? 0;
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

  #save({ sequenceNr, state }: Offer): void {
    this.#skipped = undefined;
    this.#covered = sequenceNr;
    this.#uncoveredBytes = 0;
    this.#snapshots.offer({ ...toPayload(state), sequenceNr });
  }
}
