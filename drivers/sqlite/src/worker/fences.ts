import type { DatabaseSync } from 'node:sqlite';
import type { Operations } from './operations.ts';

export function fenceOperations(database: DatabaseSync): Pick<Operations, 'claim' | 'currentFence'> {
  const claim = database.prepare(`
    INSERT INTO fence (namespace, scope, epoch, owner)
    SELECT ?1, ?2, coalesce(max(epoch), 0) + 1, ?3 FROM fence WHERE namespace = ?1
    ON CONFLICT (namespace, scope) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner
    RETURNING epoch`);
  const current = database.prepare('SELECT epoch, owner FROM fence WHERE namespace = ? AND scope = ?');

  return {
    claim: {
      access: 'upkeep',
      prepare(input) {
        const request = [input.text(), input.text(), input.text()] as const;
        return (output) => output.add('claimed', Number(claim.get(...request)?.['epoch']));
      },
    },

    currentFence: {
      access: 'read',
      prepare(input) {
        const request = [input.text(), input.text()] as const;
        return (output) => {
          const row = current.get(...request);
          if (row === undefined) output.add('none');
          else output.add('fence', Number(row['epoch']), String(row['owner']));
        };
      },
    },
  };
}
