import { StoreError } from '@stategate/journal-spi';
import type { Epoch, FenceStore, OpOptions, StoreLease } from '@stategate/journal-spi';
import { fenced, leased } from '@stategate/journal-spi/kit';
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

/** Others may change the scope first, but each time somebody gets on. */
const ATTEMPTS = 8;

export function createFences(store: Store): { readonly fences: FenceStore; readonly lease: StoreLease } {
  const fences = store.collection<StoredFence>('fences');

  /** Epochs may be drawn and not used. */
  async function draw(namespace: string, options: OpOptions): Promise<Epoch> {
    const counter = await store.run('seal', options, (limits) =>
      store.upserting(() =>
        fences.findOneAndUpdate(
          { _id: JSON.stringify([namespace]) },
          { $inc: { last: 1 } },
          { ...limits, upsert: true, returnDocument: 'after' },
        ),
      ),
    );
    return counter?.last ?? 0;
  }

  function find(namespace: string, scope: string, options: OpOptions): Promise<StoredFence | null> {
    return store.run('read', options, (limits) =>
      fences.findOne({ _id: idOf(namespace, scope) }, { ...limits, readConcern: store.reading('linearizable') }),
    );
  }

  /** One attempt to lease the scope from the state in which it was found. */
  async function take(
    found: StoredFence,
    next: Required<Pick<StoredFence, 'epoch' | 'owner'>>,
    leaseMs: number,
    options: OpOptions,
  ) {
    const { _id, epoch, leasedUntil } = found;
    return store.run('seal', options, async (limits) => {
      try {
        const { matchedCount, upsertedCount } = await fences.updateOne(
          {
            _id,
            epoch: epoch ?? { $exists: false },
            leasedUntil: leasedUntil ?? { $exists: false },
          },
          [{ $set: { epoch: next.epoch, owner: { $literal: next.owner }, leasedUntil: { $add: ['$$NOW', leaseMs] } } }],
          { ...limits, upsert: epoch === undefined },
        );
        return matchedCount + upsertedCount > 0;
      } catch (error) {
        if (store.isDuplicate(error)) return false;
        throw error;
      }
    });
  }

  return {
    fences: {
      async claim(namespace, scope, owner, options) {
        const epoch = await draw(namespace, options);
        await store.run('seal', options, async (limits) => {
          try {
            await fences.updateOne(
              { _id: idOf(namespace, scope), epoch: { $lt: epoch } },
              { $set: { epoch, owner }, $unset: { leasedUntil: 1 } },
              { ...limits, upsert: true },
            );
          } catch (error) {
            // A claim that began later has a higher epoch, and is there already.
            if (!store.isDuplicate(error)) throw error;
          }
        });
        return { epoch };
      },

      async current(namespace, scope, options) {
        const found = await find(namespace, scope, options);
        return found?.epoch === undefined ? null : { epoch: found.epoch, owner: found.owner ?? '' };
      },
    },

    lease: {
      async acquire(namespace, scope, owner, leaseMs, options) {
        for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
          const found = (await find(namespace, scope, options)) ?? { _id: idOf(namespace, scope) };
          const leftMs = (found.leasedUntil?.getTime() ?? 0) - (await store.serverTime(options));
          if (leftMs > 0 && found.owner !== owner) {
            throw leased(scope, found.owner ?? 'somebody', store.location, leftMs);
          }
          const epoch = await draw(namespace, options);
          if (await take(found, { epoch, owner }, leaseMs, options)) return { epoch };
        }
        throw new StoreError('StoreUnavailable', `others took the lease of "${scope}" each time it was tried`);
      },

      async renew(namespace, scope, epoch, leaseMs, options) {
        const { matchedCount } = await store.run('seal', options, (limits) =>
          fences.updateOne(
            { _id: idOf(namespace, scope), epoch },
            [{ $set: { leasedUntil: { $add: ['$$NOW', leaseMs] } } }],
            limits,
          ),
        );
        if (matchedCount > 0) return;
        const current = (await find(namespace, scope, options))?.epoch ?? 0;
        throw fenced({ scope, epoch }, current);
      },

      async release(namespace, scope, epoch, options) {
        await store.run('seal', options, (limits) =>
          fences.updateOne({ _id: idOf(namespace, scope), epoch }, { $unset: { leasedUntil: 1 } }, limits),
        );
      },
    },
  };
}

function idOf(namespace: string, scope: string): string {
  return JSON.stringify([namespace, scope]);
}
