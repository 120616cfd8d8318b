import { describe, expect, test } from 'vitest';
import { cases, runConformance } from '@stategate/journal-spi/conformance';
import { brokenAppends } from './broken/appends.ts';
import { brokenFencing } from './broken/fencing.ts';
import { brokenLifecycle } from './broken/lifecycle.ts';
import { brokenReads } from './broken/reads.ts';
import { brokenStores } from './broken/stores.ts';
import { inMemoryTarget } from './inmemory-target.ts';

const BROKEN = [...brokenAppends, ...brokenReads, ...brokenFencing, ...brokenStores, ...brokenLifecycle];

/** A defect is one thing: these pass on every broken driver, so that none is caught only because nothing works. */
const CONTROLS = ['JA-01', 'JA-27', 'JR-10', 'JD-05', 'S-02', 'K-06', 'X-07', 'M-02'];

describe('every broken driver is caught', () => {
  for (const { defect, caughtBy, breakIt } of BROKEN) {
    test(`${caughtBy} catches a driver that ${defect}`, async () => {
      const target = inMemoryTarget();
      const wanted = [caughtBy, ...CONTROLS.filter((id) => id !== caughtBy)];
      const results = await runConformance(
        {
          ...target,
          definition: breakIt(target.definition),
          hooks: { emptyStore: async () => ({ ...target, definition: breakIt(target.definition) }) },
        },
        { filter: ({ id }) => wanted.includes(id) },
      );
      const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
      expect(failed).toContain(caughtBy);
      expect(results).toHaveLength(wanted.length);
      expect(failed).toHaveLength(1);
    });
  }

  test('each by the cases alone that it names, which all pass on the driver itself', async () => {
    const named = new Set([...BROKEN.map(({ caughtBy }) => caughtBy), ...CONTROLS]);
    const results = await runConformance(inMemoryTarget(), { filter: ({ id }) => named.has(id) });
    expect(results.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(results).toHaveLength(named.size);
  });

  test('case ids are unique', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });
});
