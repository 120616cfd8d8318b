import { StoreError } from '@stategate/journal-spi';
import type { DriverEnv, OpOptions } from '@stategate/journal-spi';
import { throwIfOver } from '@stategate/journal-spi/kit';

/** What every call passes first, and what they all take from the world outside. */
export interface Gate {
  /** Throws `StoreUnavailable` after `close`, `Cancelled` when nobody waits any more. */
  enter(options: OpOptions): void;
  /** `enter`, and `Unsupported` for a driver that was opened only to read. */
  enterToWrite(options: OpOptions): void;
  now(): number;
  close(): void;
}

export function createGate(env: DriverEnv): Gate {
  let open = true;
  function enter(options: OpOptions): void {
    if (!open) throw new StoreError('StoreUnavailable', 'the in-memory store was closed');
    throwIfOver(options);
  }
  return {
    enter,
    enterToWrite(options) {
      enter(options);
      if (env.readOnly) throw new StoreError('Unsupported', 'the in-memory store was opened only to read');
    },
    now: env.now ?? Date.now,
    close() {
      open = false;
    },
  };
}
