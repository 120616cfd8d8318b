import type { Driver, Fence } from '@stategate/journal-spi';

/** The scope that one proxy without a cluster claims: everything in its namespace. */
const ALL = 'all';
const CLAIM_TIMEOUT_MS = 10_000;

/** Who owns the entities of a namespace. Without a cluster that is this process, alone. */
export interface Ownership {
  readonly fence: Fence;
  release(): Promise<void>;
}

/** Takes the whole namespace for this process and fences out whoever had it before. Throws `StoreError`. */
export async function ownAlone(driver: Driver, namespace: string, instanceId: string): Promise<Ownership> {
  const lock = await driver.lock?.acquire();
  try {
    const deadline = performance.now() + CLAIM_TIMEOUT_MS;
    const { epoch } = await driver.fences.claim(namespace, ALL, instanceId, { deadline });
    return { fence: { scope: ALL, epoch }, release: async () => lock?.release() };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}
