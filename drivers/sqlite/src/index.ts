import { resolve } from 'node:path';
import { defineDriver } from '@stategate/journal-spi';
import { checkHealth, createBell, openOn } from '@stategate/journal-spi/kit';
import { createFeed } from './feed.ts';
import { createFences } from './fences.ts';
import { prepareFile } from './file.ts';
import { createJournal } from './journal.ts';
import { createKeyValueStore } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { createStoreLock } from './lock.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';
import { createSchemaManager } from './schema.ts';
import { createSnapshotStore } from './snapshots.ts';
import { StoreWorker } from './store-worker.ts';

export type { Options } from './options.ts';

/** One file, durable when a write is acknowledged, with nothing to install. */
export default defineDriver<Options>({
  name: 'sqlite',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: optionsSchema,
  secrets: [],
  shortForm: (path) => (path === '' ? {} : { path }),
  async open({ path: configured, maxBytes = null }, env) {
    const path = resolve(configured);
    const { readOnly = false, instanceId, now = Date.now } = env;
    prepareFile(path, readOnly);
    return openOn(new StoreWorker({ path, readOnly, maxBytes, instanceId }, now), async (worker) => {
      const { version, durable } = await worker.opened();
      if (!durable) {
        env.warn('this build of SQLite does not wait for the disk: a loss of power may lose acknowledged writes', {
          path,
        });
      }
      const bell = createBell();
      return {
        capabilities: {
          durability: durable ? 'disk' : 'os-buffered',
          ackLossOnFailover: false,
          exclusive: 'lock',
          readBackward: true,
          ttl: 'lazy',
          feed: { order: 'total', live: 'poll', complete: 'by-construction' },
        },
        limits: LIMITS,
        tuning: TUNING,
        server: { product: 'SQLite', version, location: path },
        journal: createJournal(worker, bell),
        snapshots: createSnapshotStore(worker),
        keyValue: createKeyValueStore(worker),
        fences: createFences(worker),
        feed: createFeed(worker, bell),
        schema: createSchemaManager(worker),
        lock: createStoreLock(worker, path),
        health: (options) => checkHealth(options, (inTime) => worker.ask('read', 'health', [], inTime)),
      };
    });
  },
});
