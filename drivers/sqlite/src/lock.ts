import { StoreError } from '@stategate/journal-spi';
import type { StoreLock } from '@stategate/journal-spi';
import type { StoreWorker } from './store-worker.ts';

/** Refusing a second owner is up to who calls this: opening the file does not take the lock. */
export function createStoreLock(worker: StoreWorker, path: string): StoreLock {
  /** A write, which is refused where nothing is written, but none to the database. */
  const ask = (operation: 'lock' | 'unlock') =>
    worker.calls.run('write', {}, (call) => worker.ask('read', operation, [], call));
  return {
    async acquire() {
      const holder = await ask('lock');
      if (holder === null) return { release: async () => void (await ask('unlock')) };
      throw new StoreError(
        'StoreUnavailable',
        `another proxy (${holder}) uses ${path}: stop it, or give this one a file of its own in store.config.path`,
      );
    },
  };
}
