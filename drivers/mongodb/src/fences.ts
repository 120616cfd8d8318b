import type { Epoch } from '@stategate/journal-spi';
import { fencesFrom } from '@stategate/journal-spi/kit';
import type { Call, LeaseHolder, Scope } from '@stategate/journal-spi/kit';
import type { Store } from './store.ts';

/** A scope, or the namespace itself with only `last`, the epoch that was drawn last. */
interface StoredFence {
  readonly _id: string;
  readonly last?: Epoch;
  readonly epoch?: Epoch;
  readonly owner?: string;
  /** By the server's clock. */
  readonly leasedUntil?: Date;
}

export function createFences(store: Store): ReturnType<typeof fencesFrom> {
  const fences = store.collection<StoredFence>('fences');

  function find(at: Scope, call: Call): Promise<StoredFence | null> {
    return store.run('read', call, (limits) =>
      fences.findOne({ _id: idOf(at) }, { ...limits, readConcern: store.reading('linearizable') }),
    );
  }

  async function leaseOf({ owner = '', leasedUntil }: StoredFence, call: Call): Promise<LeaseHolder> {
    return { owner, leftMs: leasedUntil === undefined ? 0 : leasedUntil.getTime() - (await store.serverTime(call)) };
  }

  return fencesFrom(store.calls, {
    async draw(at, owner, leaseMs, call) {
      const found = leaseMs === null ? null : await find(at, call);
      if (found !== null && found.owner !== owner) {
        const holder = await leaseOf(found, call);
        if (holder.leftMs > 0) return holder;
      }
      // Epochs may be drawn and not used.
      const counter = await store.upsert('seal', call, (limits) =>
        fences.findOneAndUpdate(
          { _id: JSON.stringify([at.namespace]) },
          { $inc: { last: 1 } },
          { ...limits, upsert: true, returnDocument: 'after' },
        ),
      );
      const epoch = counter?.last ?? 0;
      const ours = { epoch, owner: { $literal: owner }, ...(leaseMs !== null && { leasedUntil: until(leaseMs) }) };
      // As numbers: not every server compares its time with a date.
      const lasts = { $gt: [{ $toLong: '$leasedUntil' }, { $toLong: '$$NOW' }] };
      const leased = { $and: [lasts, { $ne: ['$owner', ours.owner] }] };
      // Who drew later has a higher epoch, and may be there already.
      const stays = { $or: [{ $gt: ['$epoch', epoch] }, ...(leaseMs === null ? [] : [leased])] };
      const after = await store.upsert('seal', call, (limits) =>
        fences.findOneAndUpdate(
          { _id: idOf(at) },
          [{ $replaceWith: { $cond: [stays, '$$ROOT', { _id: '$_id', ...ours }] } }],
          { ...limits, upsert: true, returnDocument: 'after' },
        ),
      );
      return leaseMs === null || after === null || after.epoch === epoch ? epoch : leaseOf(after, call);
    },

    async current(at, call) {
      const found = await find(at, call);
      return found?.epoch === undefined ? null : { epoch: found.epoch, owner: found.owner ?? '' };
    },

    async extend(at, epoch, leaseMs, call) {
      const leasedUntil = {
        $cond: [{ $eq: ['$epoch', epoch] }, leaseMs === null ? '$$REMOVE' : until(leaseMs), '$leasedUntil'],
      };
      const after = await store.run('seal', call, (limits) =>
        fences.findOneAndUpdate({ _id: idOf(at) }, [{ $set: { leasedUntil } }], { ...limits, returnDocument: 'after' }),
      );
      return after?.epoch ?? 0;
    },
  });
}

function idOf({ namespace, scope }: Scope): string {
  return JSON.stringify([namespace, scope]);
}

function until(leaseMs: number) {
  return { $add: ['$$NOW', leaseMs] };
}
