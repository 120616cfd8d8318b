import { StoreError } from '@stategate/journal-spi';
import type { StoreLock } from '@stategate/journal-spi';
import type { Exchange, StoreWorker } from './store-worker.ts';

/** Refusing a second owner is up to who calls this: opening the file does not take the lock. */
export function createStoreLock(worker: StoreWorker, path: string): StoreLock {
  const lock: Exchange<undefined, void> = {
    operation: 'lock',
    effect: 'write',
    check: () => undefined,
    pack: () => undefined,
    unpack(outcome, input) {
      if (outcome !== 'held') return;
      throw new StoreError(
        'StoreUnavailable',
        `another proxy (${input.text()}) uses ${path}: stop it, or give this one a file of its own in store.config.path`,
      );
    },
  };
  const unlock: Exchange<undefined, void> = { ...lock, operation: 'unlock', unpack: () => undefined };

  return {
    async acquire() {
      await worker.askOne(lock, undefined, {});
      return { release: () => worker.askOne(unlock, undefined, {}) };
    },
  };
}
