import type { Epoch, OpOptions } from './stream.ts';

/** Hands out epochs. Linearizable: a later claim of any scope in the namespace gets a higher epoch than every earlier one. */
export interface FenceStore {
  /** Draws the namespace's next epoch and makes it the scope's current one. */
  claim(namespace: string, scope: string, owner: string, options: OpOptions): Promise<{ readonly epoch: Epoch }>;

  current(
    namespace: string,
    scope: string,
    options: OpOptions,
  ): Promise<{ readonly epoch: Epoch; readonly owner: string } | null>;
}

/**
 * Keeps a scope to one process among several that can reach the store: until it is released, or not renewed in time. It only spares
 * the processes a fight: what makes a late write harmless is the epoch.
 */
export interface StoreLease {
  /** Like `FenceStore.claim`. While another owner's lease lasts: `StoreUnavailable {retryAfterMs}`, which names that owner. */
  acquire(
    namespace: string,
    scope: string,
    owner: string,
    leaseMs: number,
    options: OpOptions,
  ): Promise<{ readonly epoch: Epoch }>;

  /** From now on for `leaseMs`. `Fenced` when the scope's epoch is no longer this one. */
  renew(namespace: string, scope: string, epoch: Epoch, leaseMs: number, options: OpOptions): Promise<void>;

  /** Ends the lease, if the scope's epoch is still this one. The epoch stays. */
  release(namespace: string, scope: string, epoch: Epoch, options: OpOptions): Promise<void>;
}
