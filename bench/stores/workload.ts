import type { Payload } from '@stategate/journal-spi';

// What the drivers and the floors below them do alike.

/** Of all events: a type's name and 100 bytes. */
export const EVENT: Payload = {
  manifest: 'type.googleapis.com/stategate.bench.Added',
  payload: Buffer.alloc(100, 'x'),
};

/** The stream that is replayed: so many events, written in appends of `APPEND_EVENTS`, and a snapshot that leaves `TAIL` of them. */
export const REPLAY_EVENTS = 10_000;
export const APPEND_EVENTS = 20;
export const TAIL = 100;
export const SNAPSHOT = Buffer.alloc(8 * 1024, 's');

/** Key-value pairs that are overwritten and read, again and again. */
export const KEYS = 64;

/** The streams that are appended to at once, next to one alone. */
export const GROUPS = [64, 200] as const;
export const MOST_STREAMS = Math.max(...GROUPS);

/** One side of the comparison. What is written is durable, in the store's own sense, when a method is through. */
export interface Side {
  /** One event to each of the first `streams` streams. */
  append(streams: number): void | Promise<void>;
  /** Reads the stream that is replayed, page by page, and counts its events. */
  replay(): number | Promise<number>;
  /** Reads what brings that stream to life, and counts the events; with the snapshot, only those after it. */
  recover(withSnapshot: boolean): number | Promise<number>;
  /** Overwrites `KEYS` values at once. */
  put(): void | Promise<void>;
  /** Reads one of them. */
  get(): void | Promise<void>;
}

/** The least work that has the same effect on the same store, without any of our code. Filled when it is opened. */
export interface Floor extends AsyncDisposable {
  append: Side['append'];
  /** Reads the stream from this event on, page by page, and counts the events. */
  read(from: number): number | Promise<number>;
  /** Reads the snapshot and tells its size. */
  snapshotBytes(): number | Promise<number>;
  put: Side['put'];
  get: Side['get'];
  /** What people write first: a pool of connections, each of `appends` a statement and commit of its own. */
  appendByPool?(appends: number): Promise<void>;
}

export function floorSide(floor: Floor): Side {
  return {
    append: (streams) => floor.append(streams),
    replay: () => floor.read(1),
    async recover(withSnapshot) {
      if (!withSnapshot) return floor.read(1);
      const [bytes, events] = await Promise.all([floor.snapshotBytes(), floor.read(REPLAY_EVENTS - TAIL + 1)]);
      if (bytes !== SNAPSHOT.length) throw new Error(`the floor's snapshot has ${bytes} bytes`);
      return events;
    },
    put: () => floor.put(),
    get: () => floor.get(),
  };
}

/** 0 … count - 1 */
export function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
