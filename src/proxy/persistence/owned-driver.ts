import type { Driver, Fence } from '@stategate/journal-spi';
import { Retries } from './retries.ts';

/** An open driver that this process owns a namespace of. */
export interface OwnedDriver {
  readonly driver: Driver;
  readonly fence: Fence;
  readonly retries: Retries;
}

export function ownedDriver(driver: Driver, fence: Fence): OwnedDriver {
  return { driver, fence, retries: new Retries() };
}
