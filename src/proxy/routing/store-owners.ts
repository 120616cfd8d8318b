import type { Driver, Fence } from '@stategate/journal-spi';
import { ownAlone, type Ownership } from './ownership.ts';

export interface StoreOwnersListener {
  /** Another process has a store; it is waited for. Told once for each wait. */
  onWaiting(reason: string): void;
  onLost(error: Error): void;
  onTrouble(error: unknown): void;
}

/** Owns one namespace in each of the open stores. */
export class StoreOwners {
  readonly #drivers: readonly Driver[];
  readonly #namespace: string;
  readonly #instanceId: string;
  readonly #listener: StoreOwnersListener;
  readonly #owned = new Map<Driver, Ownership>();
  readonly #giveUp = new AbortController();
  #waitingFor: string | undefined;

  constructor(drivers: readonly Driver[], namespace: string, instanceId: string, listener: StoreOwnersListener) {
    this.#drivers = drivers;
    this.#namespace = namespace;
    this.#instanceId = instanceId;
    this.#listener = listener;
  }

  /** Why the stores are not all ours yet. */
  get waitingFor(): string | undefined {
    return this.#waitingFor;
  }

  /** Resolves when all stores are owned, however long another process has one of them. Throws `StoreError`. */
  async own(): Promise<void> {
    const onWaiting = (reason: string): void => {
      if (this.#waitingFor === undefined) this.#listener.onWaiting(reason);
      this.#waitingFor = reason;
    };
    const listener = { ...this.#listener, onWaiting };
    for (const driver of this.#drivers) {
      const { signal } = this.#giveUp;
      this.#owned.set(driver, await ownAlone(driver, this.#namespace, this.#instanceId, listener, signal));
      this.#waitingFor = undefined;
    }
  }

  fenceOf(driver: Driver): Fence {
    const ownership = this.#owned.get(driver);
    if (ownership === undefined) throw new Error('a store is used that this process does not own');
    return ownership.fence;
  }

  /** Gives back what is owned, and stops waiting for the rest. */
  async release(): Promise<void> {
    this.#giveUp.abort();
    for (const ownership of this.#owned.values()) await ownership.release();
  }
}
