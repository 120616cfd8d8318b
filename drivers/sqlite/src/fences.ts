import type { FenceStore } from '@stategate/journal-spi';
import type { StoreWorker } from './store-worker.ts';

export function createFences(worker: StoreWorker): FenceStore {
  return {
    async claim(namespace, scope, owner, options) {
      return { epoch: await worker.ask('write', 'claim', [namespace, scope, owner], options) };
    },

    async current(namespace, scope, options) {
      const found = await worker.ask('read', 'currentFence', [namespace, scope], options);
      return found && { epoch: found[0], owner: found[1] };
    },
  };
}
