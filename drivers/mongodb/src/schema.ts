import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import { checkSchemaVersion } from '@stategate/journal-spi/kit';
import type { CreateIndexesOptions, IndexSpecification } from 'mongodb';
import type { Store } from './store.ts';

const TARGET = 1;
const MARK = 'schema';

interface Index {
  readonly collection: string;
  readonly key: IndexSpecification;
  readonly options: CreateIndexesOptions & { readonly name: string };
}

const STREAM = { namespace: 1, persistenceId: 1, entityId: 1 } as const;

/** What correctness needs is `_id` alone: these make it fast. */
const INDEXES: readonly Index[] = [
  { collection: 'journal', key: { ...STREAM, last: 1, commit: 1 }, options: { name: 'events' } },
  { collection: 'journal', key: { namespace: 1, stamp: 1, _id: 1 }, options: { name: 'feed' } },
  {
    collection: 'journal',
    key: STREAM,
    options: { name: 'streams', partialFilterExpression: { first: 1, token: { $exists: true } } },
  },
  { collection: 'snapshots', key: { ...STREAM, sequenceNr: 1 }, options: { name: 'snapshots' } },
  { collection: 'values', key: { namespace: 1, collection: 1, key: 1 }, options: { name: 'keys' } },
  { collection: 'values', key: { expiresAt: 1 }, options: { name: 'expiry', sparse: true } },
];

export function createSchemaManager(store: Store): SchemaManager {
  const marks = store.collection<{ readonly _id: string; readonly version: number }>('schema');

  async function status(options: OpOptions) {
    const mark = await store.run('read', options, (limits) => marks.findOne({ _id: MARK }, limits));
    const current = mark?.version ?? 0;
    checkSchemaVersion(current, TARGET, 'mongodb', store.location);
    return { current, target: TARGET };
  }

  return {
    status,

    async statements(options) {
      const { current } = await status(options);
      if (current === TARGET) return [];
      const { collectionPrefix } = store.options;
      return [
        ...INDEXES.map(
          ({ collection, key, options: index }) =>
            `db.getCollection("${collectionPrefix}${collection}").createIndex(${JSON.stringify(key)}, ${JSON.stringify(index)})`,
        ),
        `db.getCollection("${collectionPrefix}schema").updateOne({_id: "${MARK}"}, {$max: {version: ${TARGET}}}, {upsert: true})`,
      ];
    },

    async migrate(options) {
      const { current } = await status(options);
      if (current === TARGET) return;
      for (const { collection, key, options: index } of INDEXES) {
        await store.run('seal', options, (limits) =>
          store.collection(collection).createIndex(key, { ...index, ...limits }),
        );
      }
      await store.run('seal', options, (limits) =>
        store.upserting(() =>
          marks.updateOne({ _id: MARK }, { $max: { version: TARGET } }, { ...limits, upsert: true }),
        ),
      );
    },
  };
}
