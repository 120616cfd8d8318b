import { randomInt } from 'node:crypto';
import type { Epoch, FenceStore, OpOptions, StoreLease } from '@stategate/journal-spi';
import { fenced, leased, type Call } from '@stategate/journal-spi/kit';
import type { Client } from './client.ts';
import type { Keys } from './keys.ts';
import { get, put, remove, type KeyValue, type Op } from './messages.ts';
import { change, look } from './transactions.ts';

/** Small enough to be a number, large enough never to be drawn twice. */
const LEASE_IDS = 2 ** 47;

export function createFenceStore(client: Client, keys: Keys): FenceStore {
  return {
    claim: (namespace, scope, owner, options) =>
      client.calls.run('write', options, (call) => claim(client, keys, [namespace, scope, owner], undefined, call)),

    async current(namespace, scope, options) {
      const [found] = await look(client, [get(keys.scope(namespace, scope).claim)], options);
      return toClaim(found);
    },
  };
}

/** A lease is a key that hangs on a lease of etcd, which ends it by its own clock, in whole seconds. */
export function createStoreLease(client: Client, keys: Keys): StoreLease {
  /** Writes while the scope's epoch is still this one; gives the scope's epoch when it is not. */
  async function hold(
    [namespace, scope]: readonly [namespace: string, scope: string],
    epoch: Epoch,
    write: (owner: string) => Op,
    options: OpOptions,
  ): Promise<Epoch | undefined> {
    const { claim: claimed } = keys.scope(namespace, scope);
    const decide = ([found]: readonly (KeyValue | undefined)[]) => {
      const current = toClaim(found);
      return current?.epoch === epoch ? [write(current.owner)] : undefined;
    };
    const { first, revision } = await change(client, [get(claimed)], decide, 'write', options);
    return revision > 0 ? undefined : (toClaim(first[0])?.epoch ?? 0);
  }

  return {
    acquire: (namespace, scope, owner, leaseMs, options) =>
      client.calls.run('write', options, async (call) =>
        claim(client, keys, [namespace, scope, owner], await grant(client, leaseMs, call), call),
      ),

    renew: (namespace, scope, epoch, leaseMs, options) =>
      client.calls.run('write', options, async (call) => {
        const id = await grant(client, leaseMs, call);
        const { lease } = keys.scope(namespace, scope);
        const current = await hold([namespace, scope], epoch, (owner) => put(lease, owner, id), call);
        if (current !== undefined) throw fenced({ scope, epoch }, current);
      }),

    release: (namespace, scope, epoch, options) =>
      client.calls.run('write', options, async (call) => {
        await hold([namespace, scope], epoch, () => remove(keys.scope(namespace, scope).lease), call);
      }),
  };
}

/** Draws the namespace's next epoch. With a lease, it takes that of the scope, unless somebody else has it; else it ends it. */
async function claim(
  client: Client,
  keys: Keys,
  [namespace, scope, owner]: readonly [namespace: string, scope: string, owner: string],
  leaseId: number | undefined,
  call: Call,
): Promise<{ readonly epoch: Epoch }> {
  const epochs = keys.epochs(namespace);
  const { claim: claimed, lease } = keys.scope(namespace, scope);
  const { first, revision } = await change(
    client,
    [get(epochs), get(lease)],
    ([last, held]) => {
      if (leaseId !== undefined && held !== undefined && held.value.toString() !== owner) return undefined;
      const epoch = nextEpoch(last);
      const holding = leaseId === undefined ? remove(lease) : put(lease, owner, leaseId);
      return [put(epochs, String(epoch)), put(claimed, `${epoch} ${owner}`), holding];
    },
    'write',
    call,
  );
  const [last, held] = first;
  if (revision > 0 || held === undefined) return { epoch: nextEpoch(last) };
  const { TTL } = await client.call<{ TTL: number }>('Lease.LeaseTimeToLive', { ID: held.lease }, 'read', call);
  throw leased(scope, held.value.toString(), client.location, Math.max(1, TTL) * 1000);
}

function nextEpoch(last: KeyValue | undefined): Epoch {
  return Number(last?.value.toString() ?? 0) + 1;
}

/** One that hangs on nothing yet, or no longer, only lasts until its time is over. */
async function grant(client: Client, leaseMs: number, call: Call): Promise<number> {
  const ID = randomInt(1, LEASE_IDS);
  await client.call('Lease.LeaseGrant', { ID, TTL: Math.ceil(leaseMs / 1000) }, 'seal', call);
  return ID;
}

function toClaim(found: KeyValue | undefined): { readonly epoch: Epoch; readonly owner: string } | null {
  if (found === undefined) return null;
  const [epoch, ...owner] = found.value.toString().split(' ');
  return { epoch: Number(epoch), owner: owner.join(' ') };
}
