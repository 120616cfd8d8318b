import type { NewSnapshot } from '@stategate/journal-spi';

/** Saves one entity's snapshots off the reply path: one at a time, the newest wins, a failure is told and forgotten. */
export class SnapshotSaver {
  readonly #save: (snapshot: NewSnapshot) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #next: NewSnapshot | undefined;
  #saving = false;

  constructor(save: (snapshot: NewSnapshot) => Promise<void>, onError: (error: unknown) => void) {
    this.#save = save;
    this.#onError = onError;
  }

  offer(snapshot: NewSnapshot): void {
    this.#next = snapshot;
    if (!this.#saving) void this.#run();
  }

  async #run(): Promise<void> {
    this.#saving = true;
    while (this.#next !== undefined) {
      const snapshot = this.#next;
      this.#next = undefined;
      try {
        await this.#save(snapshot);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#saving = false;
  }
}
