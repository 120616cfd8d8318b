import type { SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import type { CreateIndexesOptions, IndexSpecification } from 'mongodb';
import { NAMESPACE_NOT_FOUND } from './errors.ts';
import type { Store } from './store.ts';

const TARGET = 1;
const MARK = 'schema';
const STREAM = { namespace: 1, persistenceId: 1, entityId: 1 } as const;

/** Commits are written with a hint at it: so they are refused when the journal was dropped, and it with it. */
export const FEED_INDEX = 'feed';

/** What correctness needs is `_id` alone: these make it fast. */
const INDEXES: readonly (readonly [collection: string, key: IndexSpecification, options: CreateIndexesOptions])[] = [
  ['journal', { ...STREAM, head: 1, commit: 1 }, { name: 'events' }],
  ['journal', { namespace: 1, stamp: 1, _id: 1 }, { name: FEED_INDEX }],
  ['journal', STREAM, { name: 'streams', partialFilterExpression: { first: 1, token: { $exists: true } } }],
  ['snapshots', { ...STREAM, sequenceNr: 1 }, { name: 'snapshots' }],
  ['values', { namespace: 1, collection: 1, key: 1 }, { name: 'keys' }],
  ['values', { expiresAt: 1 }, { name: 'expiry', sparse: true }],
];

export function createSchemaManager(store: Store): SchemaManager {
  const nameOf = (collection: string) => `db.getCollection("${store.options.collectionPrefix}${collection}")`;
  const journal = store.collection('journal');
  const marks = store.collection<{ readonly _id: string; readonly version: number }>('schema');

  return schemaFrom(store.calls, {
    packageName: '@stategate/driver-mongodb',
    target: TARGET,

    async current(call) {
      const mark = await store.run('read', call, (limits) => marks.findOne({ _id: MARK }, limits));
      if (mark === null) return 0;
      // Whoever drops the journal alone leaves the mark.
      const whole = await store.run('read', call, () =>
        journal.indexExists(FEED_INDEX).catch(store.onCode(NAMESPACE_NOT_FOUND, () => false)),
      );
      return whole ? mark.version : 0;
    },

    async statements() {
      return [
        ...INDEXES.map(
          ([name, key, options]) => `${nameOf(name)}.createIndex(${JSON.stringify(key)}, ${JSON.stringify(options)})`,
        ),
        `${nameOf('schema')}.updateOne({_id: "${MARK}"}, {$max: {version: ${TARGET}}}, {upsert: true})`,
      ];
    },

    async migrate(_current, call) {
      for (const [name, key, options] of INDEXES) {
        await store.run('seal', call, (limits) => store.collection(name).createIndex(key, { ...options, ...limits }));
      }
      await store.upsert('seal', call, (limits) =>
        marks.updateOne({ _id: MARK }, { $max: { version: TARGET } }, { ...limits, upsert: true }),
      );
    },
  });
}
