import { checkHistory } from '@stategate/journal-spi/conformance';
import { describe, expect, test } from 'vitest';
import { type Defect, simulate } from '../../fault/history/simulated-store.ts';

const SEEDS = 300;

test('a store that keeps its word is never accused', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { operations, logs } = simulate(seed);
    expect(checkHistory(operations, logs), `seed ${seed}`).toEqual([]);
  }
});

describe('a store is caught that has', () => {
  test.each<[Defect, string]>([
    ['no compare-and-set', 'acknowledged-lost'],
    ['check, then write', 'acknowledged-lost'],
    ['half a batch on failure', 'unclear-but-partial'],
    ['no token', 'failed-but-applied'],
    ['unavailable after applying', 'failed-but-applied'],
    ['acknowledged tail lost', 'acknowledged-lost'],
    ['stale reads', 'real-time'],
    ['an event dropped between pages', 'divergent-read'],
    ['fence ignored', 'fenced-but-acknowledged'],
    ['epoch checked before token', 'failed-but-applied'],
    ['token on the head only', 'failed-but-applied'],
  ])('%s, as %s', (defect, type) => {
    let caught = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { operations, logs } = simulate(seed, defect);
      if (checkHistory(operations, logs).some((anomaly) => anomaly.type === type)) caught += 1;
    }
    expect(caught).toBeGreaterThan(0);
  });
});

test('a long history is checked in a moment', () => {
  const values = Array.from({ length: 50_000 }, (_, i) => ({ value: `v${i}`, epoch: 1 }));
  const operations = values.map(({ value }, i) => ({
    process: 0,
    stream: 's',
    start: i * 2,
    end: i * 2 + 1,
    did: {
      type: 'append' as const,
      expected: i,
      epoch: 1,
      token: value,
      values: [value],
      outcome: { type: 'ok' as const, lastSequenceNr: i + 1 },
    },
  }));
  const started = performance.now();
  expect(checkHistory(operations, new Map([['s', values]]))).toEqual([]);
  expect(performance.now() - started).toBeLessThan(3_000);
});
