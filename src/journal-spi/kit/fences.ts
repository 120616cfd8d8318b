import type { FenceStore, StoreLease } from '../fences.ts';
import type { Epoch } from '../stream.ts';
import type { Call, Calls } from './calls.ts';
import { fenced, leased } from './verdicts.ts';

/** Names what is fenced. */
export interface Scope {
  readonly namespace: string;
  readonly scope: string;
}

/** Whose lease lasts yet, and for how long as far as the store knows. */
export interface LeaseHolder {
  readonly owner: string;
  readonly leftMs: number;
}

/** What a driver adds to hand out epochs and leases. */
export interface FenceParts {
  /**
   * Draws the namespace's next epoch for the scope. `leaseMs` null: without a lease, ending any that is there. Else with one, unless
   * another owner's lasts: then that holder comes back, and the scope stays as it was.
   */
  draw(at: Scope, owner: string, leaseMs: number | null, call: Call): Promise<Epoch | LeaseHolder>;
  current(at: Scope, call: Call): Promise<{ readonly epoch: Epoch; readonly owner: string } | null>;
  /**
   * Lets the lease of an epoch last for `leaseMs` from now on, or ends it (null). Returns the scope's epoch, 0 for none: where it is
   * another one, nothing was changed.
   */
  extend(at: Scope, epoch: Epoch, leaseMs: number | null, call: Call): Promise<Epoch>;
}

/** Fences and leases on a server, as `journalFrom`. */
export function fencesFrom(
  calls: Calls,
  parts: FenceParts,
): { readonly fences: FenceStore; readonly lease: StoreLease } {
  return {
    fences: {
      claim: (namespace, scope, owner, options) =>
        calls.run('write', options, async (call) => {
          const drawn = await parts.draw({ namespace, scope }, owner, null, call);
          if (typeof drawn !== 'number') throw new Error('a claim without a lease is never refused');
          return { epoch: drawn };
        }),

      current: (namespace, scope, options) =>
        calls.run('read', options, (call) => parts.current({ namespace, scope }, call)),
    },

    lease: {
      acquire: (namespace, scope, owner, leaseMs, options) =>
        calls.run('write', options, async (call) => {
          const drawn = await parts.draw({ namespace, scope }, owner, leaseMs, call);
          if (typeof drawn === 'number') return { epoch: drawn };
          throw leased(scope, drawn.owner, calls.location, drawn.leftMs);
        }),

      renew: (namespace, scope, epoch, leaseMs, options) =>
        calls.run('write', options, async (call) => {
          const current = await parts.extend({ namespace, scope }, epoch, leaseMs, call);
          if (current !== epoch) throw fenced({ scope, epoch }, current);
        }),

      release: (namespace, scope, epoch, options) =>
        calls.run('write', options, async (call) => {
          await parts.extend({ namespace, scope }, epoch, null, call);
        }),
    },
  };
}
