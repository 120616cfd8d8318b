import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { runRounds } from './rounds.ts';
import { type Target, target } from './target.ts';

test(
  '20 000 inputs, the same ones every time: all are answered or refused, and nothing is kept',
  { timeout: 240_000 },
  async () => {
    expect(await fuzz({ inputs: 20_000, seed: 1 })).toBeGreaterThanOrEqual(20_000);
  },
);

describe('what goes wrong is noticed', () => {
  const rounds = (one: Target, inputs = 1_000): Promise<number> =>
    runRounds({ inputs, seed: 4, perRound: 100, computing: [one], answering: [], onRound: async () => undefined });

  test('an input that fails, with the smallest one and its seed', async () => {
    const failing = target('no large numbers', 1, fc.nat(), (number) => {
      if (number > 1_000) throw new Error('too large');
    });
    const error: unknown = await rounds(failing).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: 'no large numbers, with --seed 4',
      cause: { message: expect.stringContaining('Counterexample: [1001]') as string },
    });
  });

  test('memory that is kept', async () => {
    const kept: Buffer[] = [];
    const keeping = target('keeps', 1, fc.nat(), () => void kept.push(Buffer.alloc(1 << 18, 1)));
    await expect(rounds(keeping)).rejects.toThrow(/MiB are held after \d+ inputs/);
  });
});
