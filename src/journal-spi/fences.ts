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
