import { type Fence, type SequenceNr, StoreError, type StreamKey } from '@stategate/journal-spi';
import type { EntityStorage, EventsWrite, ReplayStep } from '../entities/kind.ts';
import { fromPayload, toPayload } from './envelope.ts';
import type { EventLog } from './event-log.ts';
import { SnapshotSaver } from './snapshot-saver.ts';

/** An event sourced entity's stream, as its owner sees it. */
export class EventSourcedStorage implements EntityStorage<EventsWrite> {
  readonly #log: EventLog;
  readonly #stream: StreamKey;
  readonly #fence: Fence;
  readonly #snapshots: SnapshotSaver;
  #head: SequenceNr = 0;

  constructor(log: EventLog, stream: StreamKey, fence: Fence, onSnapshotError: (error: unknown) => void) {
    this.#log = log;
    this.#stream = stream;
    this.#fence = fence;
    this.#snapshots = new SnapshotSaver((snapshot) => log.saveSnapshot(stream, snapshot, fence), onSnapshotError);
  }

  async *replay(): AsyncGenerator<ReplayStep, void, undefined> {
    const { head, snapshot, pages } = await this.#log.recover(this.#stream, this.#fence);
    this.#head = head.head;
    const start = snapshot?.sequenceNr ?? 0;
    if (start < head.deletedTo) {
      throw new StoreError(
        'IntegrityError',
        `events ${start + 1} to ${head.deletedTo} were deleted, and no snapshot covers them`,
      );
    }
    yield { type: 'init', state: snapshot && { sequenceNr: snapshot.sequenceNr, payload: fromPayload(snapshot) } };
    for await (const { events } of pages) {
      yield {
        type: 'events',
        events: events.map((event) => ({ sequenceNr: event.sequenceNr, payload: fromPayload(event) })),
      };
    }
  }

  async write({ events, snapshot }: EventsWrite): Promise<void> {
    this.#head = await this.#log.append(this.#stream, this.#head, events.map(toPayload), this.#fence);
    if (snapshot !== undefined) this.#snapshots.offer({ ...toPayload(snapshot), sequenceNr: this.#head });
  }
}
