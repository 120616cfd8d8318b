import { memoryInUse } from '../../src/journal-spi/conformance/memory.ts';
import type { Target } from './target.ts';

/** What may be held more after any number of inputs than after the first round. */
const MAX_GROWTH_BYTES = 64 << 20;

export interface RoundsOptions {
  /** How many inputs, of all targets together. */
  readonly inputs: number;
  /** Each round has a seed of its own, counted up from this one. */
  readonly seed: number;
  readonly perRound?: number;
  /** Targets whose answers come by themselves run side by side, after those that only compute. */
  readonly computing: readonly Target[];
  readonly answering: readonly Target[];
  /** After each round. Rejects when what was fuzzed does not work any more. */
  readonly onRound: () => Promise<void>;
  readonly onProgress?: ((done: number, heldBytes: number) => void) | undefined;
}

/** Gives inputs to the targets until there were as many as asked for. Rejects with the first one that fails, or when memory grows. */
export async function runRounds(options: RoundsOptions): Promise<number> {
  const { inputs, seed, perRound = 5_000, computing, answering, onRound, onProgress } = options;
  const shares = [...computing, ...answering].reduce((sum, { share }) => sum + share, 0);
  let done = 0;
  let atFirst: number | undefined;
  for (let round = 0; done < inputs; round += 1) {
    const unit = Math.min(perRound, inputs - done) / shares;
    const run = async (one: Target): Promise<void> => {
      const count = Math.ceil(one.share * unit);
      await one.run(seed + round, count);
      done += count;
    };
    for (const one of computing) await run(one);
    await Promise.all(answering.map(run));
    await onRound();
    const held = memoryInUse();
    onProgress?.(done, held);
    atFirst ??= held;
    if (held - atFirst > MAX_GROWTH_BYTES)
      throw new Error(`${toMiB(held)} MiB are held after ${done} inputs, ${toMiB(atFirst)} MiB after the first round`);
  }
  return done;
}

export function toMiB(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
