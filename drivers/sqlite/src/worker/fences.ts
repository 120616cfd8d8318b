import type { Database } from './database.ts';

export function fenceOperations({ prepare }: Database) {
  const claim = prepare<readonly [number]>(`
    INSERT INTO fence (namespace, scope, epoch, owner)
    SELECT ?1, ?2, coalesce(max(epoch), 0) + 1, ?3 FROM fence WHERE namespace = ?1
    ON CONFLICT (namespace, scope) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner
    RETURNING epoch`);
  const current = prepare<readonly [epoch: number, owner: string]>(
    'SELECT epoch, owner FROM fence WHERE namespace = ? AND scope = ?',
  );

  return {
    claim: (request: readonly [namespace: string, scope: string, owner: string]) => Number(claim.get(...request)?.[0]),
    currentFence: (request: readonly [namespace: string, scope: string]) => current.get(...request) ?? null,
  };
}
