import { EVENT, type Floor, indexes, KEYS, REPLAY_EVENTS, SNAPSHOT } from '../workload.ts';

const PAGE = 500;

/** Arrays in a map: an append is a push. */
export async function openInMemoryFloor(): Promise<Floor> {
  const streams = new Map<string, Uint8Array[]>([['long', indexes(REPLAY_EVENTS).map(() => EVENT.payload)]]);
  const values = new Map<string, Uint8Array>();
  let gets = 0;
  return {
    append(count) {
      for (let i = 0; i < count; i += 1) {
        const name = `note-${i}`;
        const events = streams.get(name);
        if (events === undefined) streams.set(name, [EVENT.payload]);
        else events.push(EVENT.payload);
      }
    },
    read(from) {
      const events = streams.get('long') ?? [];
      let count = 0;
      for (let start = from - 1; start < events.length; start += PAGE)
        count += events.slice(start, start + PAGE).length;
      return count;
    },
    snapshotBytes: () => SNAPSHOT.length,
    put() {
      for (let i = 0; i < KEYS; i += 1) values.set(`note-${i}`, EVENT.payload);
    },
    get() {
      if (values.get(`note-${gets++ % KEYS}`) === undefined) throw new Error('a value is not there');
    },
    [Symbol.asyncDispose]: async () => streams.clear(),
  };
}
