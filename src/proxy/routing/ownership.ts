import { type Driver, type Fence, isStoreError } from '@stategate/journal-spi';

/** The scope that one proxy without a cluster claims: everything in its namespace. */
const ALL = 'all';
const CALL_TIMEOUT_MS = 10_000;
const LEASE_MS = 6_000;
const RENEW_MS = 2_000;
/** How often somebody else's lease is looked at. */
const LOOK_MS = 500;

/** Who owns the entities of a namespace. Without a cluster that is this process, alone. */
export interface Ownership {
  readonly fence: Fence;
  release(): Promise<void>;
}

export interface OwnershipListener {
  /** Another process has the namespace; it is waited for. */
  onWaiting(reason: string): void;
  /** Another process has taken the namespace over. */
  onLost(error: Error): void;
  /** The lease could not be renewed this time. */
  onTrouble(error: unknown): void;
}

/**
 * Takes the whole namespace for this process and fences out whoever had it before. On a store that several processes can reach,
 * waits until nobody else has it, or `signal` aborts. Throws `StoreError`.
 */
export async function ownAlone(
  driver: Driver,
  namespace: string,
  owner: string,
  listener: OwnershipListener,
  signal: AbortSignal,
): Promise<Ownership> {
  if (driver.lease !== undefined) return lease(driver.lease, namespace, owner, listener, signal);
  const lock = await driver.lock?.acquire();
  try {
    const { epoch } = await driver.fences.claim(namespace, ALL, owner, callOptions());
    return { fence: { scope: ALL, epoch }, release: async () => lock?.release() };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function lease(
  store: NonNullable<Driver['lease']>,
  namespace: string,
  owner: string,
  listener: OwnershipListener,
  signal: AbortSignal,
): Promise<Ownership> {
  const epoch = await acquire(store, namespace, owner, listener, signal);
  const timer = setInterval(() => {
    store.renew(namespace, ALL, epoch, LEASE_MS, { deadline: performance.now() + RENEW_MS }).catch((error: unknown) => {
      if (!isStoreError(error) || error.code !== 'Fenced') return listener.onTrouble(error);
      clearInterval(timer);
      return listener.onLost(error);
    });
  }, RENEW_MS);
  return {
    fence: { scope: ALL, epoch },
    async release() {
      clearInterval(timer);
      // Not to be had back is not to be had: it runs out by itself.
      await store.release(namespace, ALL, epoch, callOptions()).catch((error: unknown) => listener.onTrouble(error));
    },
  };
}

async function acquire(
  store: NonNullable<Driver['lease']>,
  namespace: string,
  owner: string,
  listener: OwnershipListener,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    try {
      return (await store.acquire(namespace, ALL, owner, LEASE_MS, callOptions())).epoch;
    } catch (error) {
      if (!isStoreError(error) || error.code !== 'StoreUnavailable' || error.details.retryAfterMs === undefined)
        throw error;
      signal.throwIfAborted();
      listener.onWaiting(error.message);
      await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, error.details.retryAfterMs ?? LOOK_MS)));
      signal.throwIfAborted();
    }
  }
}

function callOptions(): { deadline: number } {
  return { deadline: performance.now() + CALL_TIMEOUT_MS };
}
