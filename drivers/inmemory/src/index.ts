import { defineDriver } from '@stategate/journal-spi';
import type { Driver, DriverDefinition, DriverEnv } from '@stategate/journal-spi';
import { Calls, checkHealth, schemaFrom } from '@stategate/journal-spi/kit';
import { Database } from './database.ts';
import { createFeed } from './feed.ts';
import { createFenceStore } from './fences.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';
import { createSnapshotStore } from './snapshots.ts';

export { Database } from './database.ts';
export type { Options } from './options.ts';

/**
 * The driver on a database that is handed in: everybody who opens it sees the same data, which lives as long as the database.
 * Without one, every `open` starts with an empty database of its own.
 */
export function inMemoryDriver(shared?: Database): DriverDefinition<Options> {
  return defineDriver({
    name: 'inmemory',
    version: '0.1.0',
    spi: '^1.0.0-rc',
    configSchema: optionsSchema,
    secrets: [],
    async open({ maxBytes }, env) {
      env.warn('the in-memory store keeps nothing: every event, snapshot and value is lost when this process ends');
      return openDatabase(shared ?? new Database(maxBytes), env);
    },
  });
}

export default inMemoryDriver();

function openDatabase(database: Database, env: DriverEnv): Driver {
  const { readOnly = false, now = Date.now } = env;
  // Nothing is ever sent: calls end by themselves, and no error is of a client library.
  const calls = new Calls({
    location: 'the in-memory store',
    readOnly,
    timeoutMs: Infinity,
    toStoreError: (error) => error,
  });
  return {
    capabilities: {
      durability: 'none',
      ackLossOnFailover: false,
      exclusive: 'process',
      readBackward: true,
      ttl: 'lazy',
      feed: { order: 'total', live: 'push', complete: 'by-construction' },
    },
    limits: LIMITS,
    tuning: TUNING,
    server: { product: 'in-memory', version: '0.1.0', location: 'this process' },
    journal: createJournal(database, calls, now),
    snapshots: createSnapshotStore(database, calls, now),
    keyValue: createKeyValueStore(database, calls, now),
    fences: createFenceStore(database, calls),
    feed: createFeed(database, calls),
    schema: schemaFrom(calls, {
      packageName: '@stategate/driver-inmemory',
      target: 1,
      current: async () => 1,
      statements: async () => [],
      migrate: async () => undefined,
    }),
    health: (options) => checkHealth(options, (inTime) => calls.run('read', inTime, async () => database.problems())),
    async close({ drainMs = 0 } = {}) {
      await calls.close(drainMs);
      database.bell.ring();
    },
  };
}
