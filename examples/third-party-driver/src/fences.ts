import { randomInt } from 'node:crypto';
import { fencesFrom, type Call } from '@stategate/journal-spi/kit';
import type { Client } from './client.ts';
import type { Keys } from './keys.ts';
import { epochAndText, get, numberIn, put, remove } from './messages.ts';
import { change, look } from './transactions.ts';

/** Small enough to be a number, large enough never to be drawn twice. */
const LEASE_IDS = 2 ** 47;

/** A lease is a key that hangs on a lease of etcd, which ends it by its own clock, in whole seconds. */
export function createFences(client: Client, keys: Keys): ReturnType<typeof fencesFrom> {
  return fencesFrom(client.calls, {
    async draw({ namespace, scope }, owner, leaseMs, call) {
      const epochs = keys.epochs(namespace);
      const { claim, lease } = keys.scope(namespace, scope);
      const hold = leaseMs === null ? remove(lease) : put(lease, owner, await grant(client, leaseMs, call));
      const { first, revision } = await change(client, call, { ops: [get(epochs), get(lease)] }, ([last, held]) => {
        if (leaseMs !== null && held !== undefined && held.value.toString() !== owner) return undefined;
        const epoch = numberIn(last) + 1;
        return [put(epochs, String(epoch)), put(claim, `${epoch} ${owner}`), hold];
      });
      const [last, held] = first;
      if (revision > 0 || held === undefined) return numberIn(last) + 1;
      const { TTL } = await client.call<{ TTL: number }>('Lease.LeaseTimeToLive', { ID: held.lease }, 'read', call);
      return { owner: held.value.toString(), leftMs: Math.max(1, TTL) * 1000 };
    },

    async current({ namespace, scope }, call) {
      const [found] = await look(client, [get(keys.scope(namespace, scope).claim)], call);
      const [epoch, owner] = epochAndText(found);
      return epoch === 0 ? null : { epoch, owner };
    },

    async extend({ namespace, scope }, epoch, leaseMs, call) {
      const { claim, lease } = keys.scope(namespace, scope);
      const id = leaseMs === null ? undefined : await grant(client, leaseMs, call);
      const { first } = await change(client, call, { ops: [get(claim)] }, ([found]) => {
        const [current, owner] = epochAndText(found);
        if (current !== epoch) return undefined;
        return [id === undefined ? remove(lease) : put(lease, owner, id)];
      });
      return epochAndText(first[0])[0];
    },
  });
}

/** One that hangs on nothing yet, or no longer, only lasts until its time is over. */
async function grant(client: Client, leaseMs: number, call: Call): Promise<number> {
  const ID = randomInt(1, LEASE_IDS);
  await client.call('Lease.LeaseGrant', { ID, TTL: Math.ceil(leaseMs / 1000) }, 'seal', call);
  return ID;
}
