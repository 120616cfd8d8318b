import type { FenceStore } from '@stategate/journal-spi';
import type { Database } from './database.ts';
import type { Gate } from './gate.ts';

export function createFenceStore(database: Database, gate: Gate): FenceStore {
  return {
    async claim(namespace, scope, owner, options) {
      gate.enterToWrite(options);
      const epochs = database.epochs.get(namespace) ?? { last: 0, scopes: new Map() };
      if (!epochs.scopes.has(scope)) database.take(1, namespace.length + scope.length + owner.length);
      epochs.last += 1;
      epochs.scopes.set(scope, { epoch: epochs.last, owner });
      database.epochs.set(namespace, epochs);
      return { epoch: epochs.last };
    },

    async current(namespace, scope, options) {
      gate.enter(options);
      return database.epochs.get(namespace)?.scopes.get(scope) ?? null;
    },
  };
}
