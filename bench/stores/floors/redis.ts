import type { ChainableCommander } from 'ioredis';
import { EVENT, type Floor, indexes, KEYS, REPLAY_EVENTS, SNAPSHOT } from '../workload.ts';

const PAGE = 500;
const TIMEOUT_MS = 15_000;

/** One XADD for each event, one SET for each value, all that go at once in one pipeline. */
export async function openRedisFloor(url: string): Promise<Floor> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { commandTimeout: TIMEOUT_MS, retryStrategy: () => null });
  let gets = 0;

  /** The answers of a pipeline hold its errors. */
  async function pipelined(
    count: number,
    add: (pipeline: ChainableCommander, index: number) => unknown,
  ): Promise<void> {
    const pipeline = redis.pipeline();
    for (let index = 0; index < count; index += 1) add(pipeline, index);
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  }

  const event = (pipeline: ChainableCommander, stream: string, id: string): unknown =>
    pipeline.xadd(`floor:${stream}`, id, 'm', EVENT.manifest, 'r', Buffer.from(EVENT.payload));

  for (const page of indexes(REPLAY_EVENTS / PAGE)) {
    await pipelined(PAGE, (pipeline, index) => event(pipeline, 'long', `${page * PAGE + index + 1}-0`));
  }
  await redis.set('floor:snapshot', SNAPSHOT);
  return {
    append: (streams) => pipelined(streams, (pipeline, index) => event(pipeline, `note-${index}`, '*')),
    async read(from) {
      let count = 0;
      for (;;) {
        const page = await redis.xrangeBuffer('floor:long', `${from + count}-0`, '+', 'COUNT', PAGE);
        count += page.length;
        if (page.length < PAGE) return count;
      }
    },
    snapshotBytes: async () => (await redis.getBuffer('floor:snapshot'))?.length ?? 0,
    put: () => pipelined(KEYS, (pipeline, index) => pipeline.set(`floor:value-${index}`, Buffer.from(EVENT.payload))),
    async get() {
      if ((await redis.getBuffer(`floor:value-${gets++ % KEYS}`)) === null) throw new Error('a value is not there');
    },
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  };
}
