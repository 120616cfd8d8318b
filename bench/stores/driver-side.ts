import { randomUUID } from 'node:crypto';
import { type AppendRequest, type Driver, type Fence, isStoreError, type Outcome } from '@stategate/journal-spi';
import {
  APPEND_EVENTS,
  EVENT,
  indexes,
  KEYS,
  MOST_STREAMS,
  REPLAY_EVENTS,
  type Side,
  SNAPSHOT,
  TAIL,
} from './workload.ts';

export const NAMESPACE = 'bench';
const TIMEOUT_MS = 15_000;
const LONG = { namespace: NAMESPACE, persistenceId: 'notes', entityId: 'long' };

export const inTime = (): { deadline: number } => ({ deadline: performance.now() + TIMEOUT_MS });

/** The driver as the proxy uses it: what is to be written at once goes in groups of at most `groupMax`. */
export async function driverSide(driver: Driver, fence: Fence): Promise<Side> {
  const { journal, keyValue, snapshots, tuning } = driver;
  const heads = indexes(MOST_STREAMS).map(() => 0);
  let gets = 0;

  function grouped<Request, Result>(
    requests: readonly Request[],
    send: (group: readonly Request[]) => Promise<readonly Outcome<Result>[]>,
  ): Promise<readonly void[]> {
    const groups = Math.ceil(requests.length / tuning.groupMax);
    const size = Math.ceil(requests.length / groups);
    return Promise.all(
      indexes(groups).map(async (group) => {
        const outcomes = await send(requests.slice(group * size, (group + 1) * size));
        const error = outcomes.find(isStoreError);
        if (error !== undefined) throw error;
      }),
    );
  }

  const keyOf = (index: number) => ({ namespace: NAMESPACE, collection: 'notes', key: `note-${index % KEYS}` });

  async function fill(): Promise<void> {
    const events = indexes(APPEND_EVENTS).map(() => EVENT);
    for (let head = 0; head < REPLAY_EVENTS;) {
      // One stream, so that they are served in order.
      const group: AppendRequest[] = [];
      for (; group.length < tuning.groupMax && head < REPLAY_EVENTS; head += APPEND_EVENTS) {
        group.push({ stream: LONG, expected: head, fence, token: randomUUID(), events });
      }
      await grouped(group, (requests) => journal.appendMany(requests, inTime()));
    }
    const snapshot = { sequenceNr: REPLAY_EVENTS - TAIL, manifest: EVENT.manifest, payload: SNAPSHOT };
    await snapshots.save(LONG, snapshot, fence, inTime());
  }

  await fill();
  return {
    async append(streams) {
      const requests = indexes(streams).map((index): AppendRequest => {
        const stream = { namespace: NAMESPACE, persistenceId: 'notes', entityId: `note-${index}` };
        return { stream, expected: heads[index] ?? 0, fence, token: randomUUID(), events: [EVENT] };
      });
      await grouped(requests, (group) => journal.appendMany(group, inTime()));
      for (const index of indexes(streams)) heads[index] = (heads[index] ?? 0) + 1;
    },

    async replay() {
      let events = 0;
      for await (const page of journal.read(LONG, {}, inTime())) events += page.events.length;
      return events;
    },

    async recover(withSnapshot) {
      const request = { stream: LONG, fence, snapshot: withSnapshot, page: tuning.page };
      const { snapshot, pages } = await journal.recover(request, inTime());
      if (withSnapshot && snapshot?.payload.length !== SNAPSHOT.length) throw new Error('the snapshot is not whole');
      let events = 0;
      for await (const page of pages) events += page.events.length;
      return events;
    },

    async put() {
      const requests = indexes(KEYS).map((index) => {
        const key = keyOf(index);
        return { key, value: EVENT, condition: { if: 'any' }, fence, token: randomUUID() } as const;
      });
      await grouped(requests, (group) => keyValue.putMany(group, inTime()));
    },

    async get() {
      const entry = await keyValue.get(keyOf(gets++), inTime());
      if (entry?.payload.length !== EVENT.payload.length) throw new Error('a value is not there, or not whole');
    },
  };
}
