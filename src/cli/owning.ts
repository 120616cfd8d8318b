import type { Driver, Fence } from '@stategate/journal-spi';
import { ownAlone } from '@stategate/proxy/store';
import { CliError } from './errors.ts';

/** Longer than the lease of a proxy that was killed lasts, also where only watching tells that it is over. */
const WAIT_MS = 9_000;

/** Takes the namespace as a proxy does, so that none can run meanwhile; refused while one does. */
export async function owning(driver: Driver, namespace: string, use: (fence: Fence) => Promise<void>): Promise<void> {
  let holder: string | undefined;
  const listener = {
    onWaiting(reason: string): void {
      if (holder === undefined)
        process.stderr.write(`stategate: ${reason}; waiting up to ${WAIT_MS / 1_000} s for its end\n`);
      holder = reason;
    },
    onLost: tell,
    onTrouble: tell,
  };
  const owner = `stategate-store-${process.pid}`;
  const giveUp = AbortSignal.timeout(WAIT_MS);
  const ownership = await ownAlone(driver, namespace, owner, listener, giveUp).catch((error: unknown) => {
    throw giveUp.aborted && holder !== undefined ? new CliError(`${holder}: stop that proxy first`) : error;
  });
  try {
    await use(ownership.fence);
  } finally {
    await ownership.release();
  }
}

function tell(error: unknown): void {
  process.stderr.write(`stategate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
