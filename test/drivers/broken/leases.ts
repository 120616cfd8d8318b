import { StoreError } from '@stategate/journal-spi';
import type { DriverDefinition, FenceStore, StoreLease } from '@stategate/journal-spi';
import { broken } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

interface Held {
  readonly owner: string;
  epoch: number;
  until: number;
}

/** The in-memory driver with leases, which is what the broken ones below are made of. */
export function leased(
  definition: DriverDefinition,
  change: (lease: StoreLease, fences: FenceStore) => Partial<StoreLease> = () => ({}),
): DriverDefinition {
  const held = new Map<string, Held>();
  return {
    ...definition,
    async open(config, env) {
      const driver = await definition.open(config, env);
      const lease = createLease(driver.fences, held);
      return {
        ...driver,
        capabilities: { ...driver.capabilities, exclusive: 'lease' },
        lease: { ...lease, ...change(lease, driver.fences) },
      };
    },
  };
}

function createLease(fences: FenceStore, held: Map<string, Held>): StoreLease {
  return {
    async acquire(namespace, scope, owner, leaseMs, options) {
      const name = JSON.stringify([namespace, scope]);
      const current = (await fences.current(namespace, scope, options))?.epoch ?? 0;
      const found = held.get(name);
      const retryAfterMs = (found?.until ?? 0) - performance.now();
      // Without an epoch yet it is just being taken; with a lower one a claim has ended it.
      const lasts = found !== undefined && retryAfterMs > 0 && (found.epoch === 0 || found.epoch >= current);
      if (lasts && found.owner !== owner) {
        throw new StoreError('StoreUnavailable', `${found.owner} holds ${scope}`, { retryAfterMs });
      }
      const mine = { owner, epoch: 0, until: performance.now() + leaseMs };
      held.set(name, mine);
      mine.epoch = (await fences.claim(namespace, scope, owner, options)).epoch;
      return { epoch: mine.epoch };
    },

    async renew(namespace, scope, epoch, leaseMs, options) {
      const current = (await fences.current(namespace, scope, options))?.epoch ?? 0;
      const found = held.get(JSON.stringify([namespace, scope]));
      if (found === undefined || current !== epoch) {
        throw new StoreError('Fenced', `${scope} was taken over`, { ours: epoch, current });
      }
      found.until = performance.now() + leaseMs;
    },

    async release(namespace, scope, epoch) {
      const found = held.get(JSON.stringify([namespace, scope]));
      if (found?.epoch === epoch) found.until = 0;
    },
  };
}

export const brokenLeases: readonly BrokenDriver[] = [
  brokenLease('X-20', 'gives its holder the same epoch again', (lease, fences) => ({
    async acquire(namespace, scope, owner, leaseMs, options) {
      const current = await fences.current(namespace, scope, options);
      return current?.owner === owner ? current : lease.acquire(namespace, scope, owner, leaseMs, options);
    },
  })),

  brokenLease('X-21', 'ignores who holds it', (lease, fences) => ({
    async acquire(namespace, scope, owner, leaseMs, options) {
      const current = await fences.current(namespace, scope, options);
      if (current !== null) await lease.release(namespace, scope, current.epoch, options);
      return lease.acquire(namespace, scope, owner, leaseMs, options);
    },
  })),

  brokenLease('X-22', 'is held until it is released', (lease) => ({
    acquire: (namespace, scope, owner, _, options) => lease.acquire(namespace, scope, owner, 3_600_000, options),
  })),

  brokenLease('X-23', 'answers renew and does nothing', () => ({ renew: async () => undefined })),

  brokenLease('X-24', 'renews for an owner who lost it', (lease, fences) => ({
    async renew(namespace, scope, _, leaseMs, options) {
      const current = await fences.current(namespace, scope, options);
      await lease.renew(namespace, scope, current?.epoch ?? 0, leaseMs, options);
    },
  })),

  brokenLease('X-25', 'waits for the end of the time at a release too', () => ({ release: async () => undefined })),

  brokenLease('X-26', 'looks first and takes it later', (lease, fences) => {
    let taken = false;
    return {
      async acquire(namespace, scope, owner, leaseMs, options) {
        if (taken) return lease.acquire(namespace, scope, owner, leaseMs, options);
        await new Promise((resolve) => setImmediate(resolve));
        taken = true;
        return fences.claim(namespace, scope, owner, options);
      },
    };
  }),

  {
    caughtBy: 'X-27',
    defect: 'keeps others to the time of a lease that a claim has ended',
    breakIt(definition) {
      let [holder, until] = ['', 0];
      return leased(definition, (lease) => ({
        async acquire(namespace, scope, owner, leaseMs, options) {
          const retryAfterMs = until - performance.now();
          if (owner !== holder && retryAfterMs > 0) {
            throw new StoreError('StoreUnavailable', `${holder} holds ${scope}`, { retryAfterMs });
          }
          [holder, until] = [owner, performance.now() + leaseMs];
          return lease.acquire(namespace, scope, owner, leaseMs, options);
        },
      }));
    },
  },

  broken('X-28', 'has a lease without declaring it', ({ fences }) => ({ lease: createLease(fences, new Map()) })),
];

function brokenLease(
  caughtBy: string,
  defect: string,
  change: (lease: StoreLease, fences: FenceStore) => Partial<StoreLease>,
): BrokenDriver {
  return { caughtBy, defect, breakIt: (definition) => leased(definition, change) };
}
