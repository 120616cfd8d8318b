import fc from 'fast-check';

/** How long one round may go on looking for the smallest input that fails. */
const ROUND_MS = 90_000;

/** Something that gets inputs. */
export interface Target {
  readonly name: string;
  /** Of all inputs, in relation to the other targets. */
  readonly share: number;
  /** Rejects with the smallest input that fails, and with the seed that leads there. */
  run(seed: number, inputs: number): Promise<void>;
}

/** `act` throws when it does not do with an input what it promises. */
export function target<Input>(
  name: string,
  share: number,
  input: fc.Arbitrary<Input>,
  act: (input: Input) => void | Promise<void>,
): Target {
  return {
    name,
    share,
    async run(seed, inputs) {
      try {
        const property = fc.asyncProperty(input, async (one) => act(one));
        await fc.assert(property, { seed, numRuns: inputs, interruptAfterTimeLimit: ROUND_MS });
      } catch (error) {
        throw new Error(`${name}, with --seed ${seed}`, { cause: error });
      }
    },
  };
}
