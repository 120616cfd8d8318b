import type { FenceStore } from '@stategate/journal-spi';
import type { Calls } from '@stategate/journal-spi/kit';
import type { Database } from './database.ts';

export function createFenceStore(database: Database, calls: Calls): FenceStore {
  return {
    claim: (namespace, scope, owner, options) =>
      calls.run('write', options, async () => {
        const epochs = database.epochs.get(namespace) ?? { last: 0, scopes: new Map() };
        if (!epochs.scopes.has(scope)) database.take(1, namespace.length + scope.length + owner.length);
        epochs.last += 1;
        epochs.scopes.set(scope, { epoch: epochs.last, owner });
        database.epochs.set(namespace, epochs);
        return { epoch: epochs.last };
      }),

    current: (namespace, scope, options) =>
      calls.run('read', options, async () => database.epochs.get(namespace)?.scopes.get(scope) ?? null),
  };
}
