import type { SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import type { StoreWorker } from './store-worker.ts';
import { storeSchema } from './worker/schema.ts';

/** The worker migrates a file when it opens it, unless it may not write: then there is nothing left to do. */
export function createSchemaManager(worker: StoreWorker): SchemaManager {
  const { target, statements } = storeSchema();
  return schemaFrom(worker.calls, {
    packageName: '@stategate/driver-sqlite',
    target,
    current: (call) => worker.ask('read', 'schemaVersion', [], call),
    statements: async (current) => statements(current),
    migrate: async () => {},
  });
}
