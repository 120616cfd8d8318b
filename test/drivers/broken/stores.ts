import { StoreError } from '@stategate/journal-spi';
import type { DeleteRequest, KeyValueStore, KvWritten, OpOptions, PutRequest, Snapshot } from '@stategate/journal-spi';
import { broken, brokenKeyValue, brokenSnapshots, streamName } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenStores: readonly BrokenDriver[] = [
  brokenSnapshots('S-11', 'adds a snapshot of the same sequence number instead of replacing it', (snapshots) => ({
    async save(stream, snapshot, fence, options) {
      const found = await snapshots.load(stream, { maxSequenceNr: snapshot.sequenceNr }, options);
      if (found?.sequenceNr !== snapshot.sequenceNr) await snapshots.save(stream, snapshot, fence, options);
    },
  })),

  brokenSnapshots('S-18', 'takes the snapshot that was saved last for the newest', (snapshots) => {
    const last = new Map<string, number>();
    return {
      async save(stream, snapshot, fence, options) {
        await snapshots.save(stream, snapshot, fence, options);
        last.set(streamName(stream), snapshot.sequenceNr);
      },
      async load(stream, query, options): Promise<Snapshot | null> {
        return snapshots.load(stream, { maxSequenceNr: last.get(streamName(stream)) ?? 0, ...query }, options);
      },
    };
  }),

  brokenSnapshots('S-12', 'keeps every snapshot', (snapshots) => ({
    save: (stream, snapshot, fence, { signal }) => snapshots.save(stream, snapshot, fence, signal ? { signal } : {}),
  })),

  brokenSnapshots('S-21', 'saves snapshots of any owner', (snapshots) => ({
    save: (stream, snapshot, fence, options) =>
      snapshots.save(stream, snapshot, { ...fence, epoch: Number.MAX_SAFE_INTEGER }, options),
  })),

  brokenKeyValue('K-10', 'looks at the revision, and writes later: compare and set are two steps', (store) => ({
    async putMany(requests, options) {
      const found = await Promise.all(requests.map(({ key }) => store.get(key, options)));
      await new Promise((resolve) => setImmediate(resolve));
      return store.putMany(
        requests.map((request, n) => {
          const { condition } = request;
          const met = condition.if === 'rev' && condition.rev === found[n]?.rev;
          return met ? { ...request, condition: { if: 'any' } } : request;
        }),
        options,
      );
    },
  })),

  brokenKeyValue('K-12', 'counts revisions from one again after a deletion', revisionsByKey),

  brokenKeyValue('K-29', 'writes all of putMany or nothing', (store) => ({
    async putMany(requests, options) {
      for (const { key, condition } of requests) {
        const there = (await store.get(key, options)) !== null;
        if (condition.if === 'absent' && there)
          return requests.map(() => new StoreError('SequenceConflict', 'one of them is there'));
      }
      return store.putMany(requests, options);
    },
  })),

  brokenKeyValue('K-28', 'reads in recover without sealing', (store) => ({
    recover: (key, _, options) => store.get(key, options),
  })),

  brokenKeyValue('K-11', 'does not know a write that comes twice', (store) => ({
    put: (request, options) => store.put({ ...request, token: crypto.randomUUID() }, options),
  })),

  brokenKeyValue('K-07', 'takes the condition on a revision for one on existence', (store) => ({
    put: (request, options) =>
      store.put(request.condition.if === 'rev' ? { ...request, condition: { if: 'exists' } } : request, options),
  })),

  brokenKeyValue('K-22', 'takes % and _ of a prefix for wildcards', (store) => ({
    async list({ prefix = '', ...query }, options) {
      const pattern = Array.from(prefix)
        .map((char) => (char === '%' ? '.*' : char === '_' ? '.' : RegExp.escape(char)))
        .join('');
      const all = await store.list({ ...query, limit: 10_000 }, options);
      return all.filter((entry) => new RegExp(`^${pattern}`, 'u').test(entry.key)).slice(0, query.limit);
    },
  })),

  brokenKeyValue('K-20', 'starts the next page with the last key of the one before', (store) => ({
    async list({ after, ...query }, options) {
      const all = await store.list({ ...query, limit: 10_000 }, options);
      return all.filter(({ key }) => after === undefined || key >= after).slice(0, query.limit);
    },
  })),

  brokenKeyValue('K-13', 'never lets an entry expire', (store) => ({
    put: (request, options) => store.put({ ...request, ttlMs: null }, options),
  })),

  broken('K-18', 'expires entries without declaring it', ({ capabilities }) => ({
    capabilities: { ...capabilities, ttl: false },
  })),
];

function revisionsByKey(store: KeyValueStore): Partial<KeyValueStore> {
  const counts = new Map<string, number>();
  const real = new Map<string, string>();
  async function write(request: PutRequest | DeleteRequest, options: OpOptions): Promise<KvWritten> {
    const name = JSON.stringify(request.key);
    const { condition } = request;
    const translated =
      condition.if === 'rev' ? { ...condition, rev: real.get(`${name} ${condition.rev}`) ?? 'unknown' } : condition;
    if (request.value === null) {
      counts.delete(name);
      return store.delete({ ...request, condition: translated }, options);
    }
    const written = await store.put({ ...request, condition: translated }, options);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    real.set(`${name} ${count}`, written.rev ?? '');
    return { ...written, rev: String(count) };
  }
  return { put: write, delete: write };
}
