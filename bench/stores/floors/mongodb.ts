import { encodePacked } from '@stategate/journal-spi/kit';
import { APPEND_EVENTS, EVENT, type Floor, indexes, KEYS, MOST_STREAMS, REPLAY_EVENTS, SNAPSHOT } from '../workload.ts';

/** Documents for a batch of the cursor. */
const PAGE = 100;
const TIMEOUT_MS = 15_000;

interface Commit {
  readonly _id: string;
  readonly stream: string;
  readonly first: number;
  readonly last: number;
  readonly epoch: number;
  readonly token: string;
  readonly body: Uint8Array;
}

interface Value {
  readonly _id: string;
  readonly rev?: number;
  readonly body: Uint8Array;
}

/** One document for each append, found by an index; all that go at once in one command. */
export async function openMongodbFloor(url: string): Promise<Floor> {
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(url, { serverSelectionTimeoutMS: TIMEOUT_MS, socketTimeoutMS: TIMEOUT_MS });
  await client.connect();
  const database = client.db('floor');
  const durable = { writeConcern: { w: 'majority', j: true }, ordered: false } as const;
  const commits = database.collection<Commit>('journal');
  const values = database.collection<Value>('value');
  const heads = indexes(MOST_STREAMS).map(() => 0);
  const body = encodePacked([EVENT]);
  const token = 'a'.repeat(36);
  let gets = 0;

  const commit = (stream: string, first: number, last: number, bytes: Uint8Array): Commit => {
    return { _id: `${stream} ${String(first).padStart(16, '0')}`, stream, first, last, epoch: 1, token, body: bytes };
  };

  const packed = encodePacked(indexes(APPEND_EVENTS).map(() => EVENT));
  const long = indexes(REPLAY_EVENTS / APPEND_EVENTS).map((index) =>
    commit('long', index * APPEND_EVENTS + 1, (index + 1) * APPEND_EVENTS, packed),
  );
  await commits.createIndex({ stream: 1, last: 1 });
  await commits.insertMany(long, durable);
  await values.insertOne({ _id: 'snapshot', body: SNAPSHOT }, durable);
  return {
    async append(streams) {
      const documents = indexes(streams).map((index) => {
        const head = (heads[index] = (heads[index] ?? 0) + 1);
        return commit(`note-${index}`, head, head, body);
      });
      await commits.insertMany(documents, durable);
    },
    async read(from) {
      const wanted = { stream: 'long', last: { $gte: from } };
      await using cursor = commits.find(wanted, { batchSize: PAGE, promoteBuffers: true }).sort({ last: 1 });
      let count = 0;
      for await (const { first, last } of cursor) count += last - first + 1;
      return count;
    },
    snapshotBytes: async () => bodyBytes(await values.findOne({ _id: 'snapshot' }, { promoteBuffers: true })),
    async put() {
      const updates = indexes(KEYS).map((index) => ({
        updateOne: { filter: { _id: `note-${index}` }, update: { $set: { body }, $inc: { rev: 1 } }, upsert: true },
      }));
      await values.bulkWrite(updates, durable);
    },
    async get() {
      const value = await values.findOne({ _id: `note-${gets++ % KEYS}` }, { promoteBuffers: true });
      if (bodyBytes(value) === 0) throw new Error('a value is not there');
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function bodyBytes(document: { readonly body: Uint8Array } | null): number {
  return document?.body.length ?? 0;
}
