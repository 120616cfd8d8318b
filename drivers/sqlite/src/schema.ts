import type { SchemaManager } from '@stategate/journal-spi';
import type { Exchange, StoreWorker } from './store-worker.ts';

export function createSchemaManager(worker: StoreWorker): SchemaManager {
  return {
    status: (options) => worker.askOne(status, undefined, options),
    statements: (options) => worker.askOne(statements, undefined, options),
    migrate: (options) => worker.askOne(migrate, undefined, options),
  };
}

const status: Exchange<undefined, { readonly current: number; readonly target: number }> = {
  operation: 'schemaVersion',
  effect: 'read',
  check: () => undefined,
  pack: () => undefined,
  unpack: (_, input) => ({ current: input.number(), target: input.number() }),
};

const statements: Exchange<undefined, readonly string[]> = {
  operation: 'schemaStatements',
  effect: 'read',
  check: () => undefined,
  pack: () => undefined,
  unpack: (_, input) => Array.from({ length: input.number() }, () => input.text()),
};

const migrate: Exchange<undefined, void> = {
  operation: 'migrate',
  effect: 'write',
  check: () => undefined,
  pack: () => undefined,
  unpack: () => undefined,
};
