import { fencesFrom } from '@stategate/journal-spi/kit';
import type { Scope } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { list, number, text } from './replies.ts';
import { CLAIM, HOLD } from './scripts.ts';

/** A lease is a key with a time, which the server ends. */
export function createFences(connection: Connection, keys: Keys) {
  const namesOf = ({ namespace, scope }: Scope) => [keys.fences(namespace), keys.lease(namespace, scope)];

  return fencesFrom(connection.calls, {
    async draw(at, owner, leaseMs, call) {
      const args = [at.scope, owner, toTime(leaseMs)];
      const [epoch, holder, leftMs] = list(await connection.run(CLAIM, 'write', namesOf(at), args, call));
      return epoch === null ? { owner: text(holder), leftMs: number(leftMs) } : number(epoch);
    },

    async current({ namespace, scope }, call) {
      const found = await connection.command('read', 'HGET', [keys.fences(namespace), `scope:${scope}`], call);
      if (found === null) return null;
      const [epoch, ...owner] = text(found).split(' ');
      return { epoch: Number(epoch), owner: owner.join(' ') };
    },

    async extend(at, epoch, leaseMs, call) {
      const args = [at.scope, epoch, toTime(leaseMs)];
      return number(await connection.run(HOLD, 'write', namesOf(at), args, call));
    },
  });
}

function toTime(leaseMs: number | null): number | '' {
  return leaseMs === null ? '' : Math.ceil(leaseMs);
}
