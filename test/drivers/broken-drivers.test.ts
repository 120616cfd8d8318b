import { describe, expect, test } from 'vitest';
import { cases, runConformance } from '@stategate/journal-spi/conformance';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { StoreError } from '@stategate/journal-spi';
import { brokenAppends } from './broken/appends.ts';
import { broken } from './broken/broken.ts';
import type { BrokenDriver } from './broken/broken.ts';
import { brokenFeeds } from './broken/feeds.ts';
import { brokenFencing } from './broken/fencing.ts';
import { brokenLeases, leased } from './broken/leases.ts';
import { brokenLifecycle } from './broken/lifecycle.ts';
import { brokenLimits } from './broken/limits.ts';
import { brokenReads } from './broken/reads.ts';
import { brokenStores } from './broken/stores.ts';
import { inMemoryTarget } from './inmemory-target.ts';

const BROKEN = [
  ...brokenAppends,
  ...brokenReads,
  ...brokenFencing,
  ...brokenStores,
  ...brokenFeeds,
  ...brokenLeases,
  ...brokenLimits,
  ...brokenLifecycle,
];

/** A defect is one thing: these pass on every broken driver, so that none is caught only because nothing works. */
const CONTROLS = ['JA-01', 'JA-27', 'JR-10', 'JD-05', 'S-02', 'K-06', 'X-07', 'M-02'];

/** Some defects only make a case wait. */
const CASE_MS = 10_000;

describe('every broken driver is caught', () => {
  for (const { defect, caughtBy, breakIt } of BROKEN) {
    test(`${caughtBy} catches a driver that ${defect}`, async () => {
      const wanted = [caughtBy, ...CONTROLS.filter((id) => id !== caughtBy)];
      const results = await runConformance(changed(breakIt), {
        filter: ({ id }) => wanted.includes(id),
        caseDeadlineMs: CASE_MS,
      });
      const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
      expect(failed).toEqual([caughtBy]);
      expect(results).toHaveLength(wanted.length);
    });
  }

  test('each by the cases alone that it names, which all pass on the driver itself', async () => {
    const named = new Set([...BROKEN.map(({ caughtBy }) => caughtBy), ...CONTROLS]);
    const target = inMemoryTarget();
    const results = await runConformance(
      { ...target, definition: leased(target.definition) },
      { filter: ({ id }) => named.has(id) },
    );
    expect(results.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(results).toHaveLength(named.size);
  });

  test('a driver that never answers fails at the deadline of the case', async () => {
    const silent = broken('JA-01', 'never answers', ({ journal }) => ({
      journal: { ...journal, append: () => new Promise(() => undefined) },
    }));
    const filter = ({ id }: { readonly id: string }) => id === silent.caughtBy;
    const results = await runConformance(changed(silent.breakIt), { filter, caseDeadlineMs: 50 });
    const error = expect.objectContaining({ message: 'the case took more than 50 ms' });
    expect(results).toEqual([expect.objectContaining({ id: 'JA-01', outcome: 'fail', error })]);
  });

  test('what a driver honestly does without is unsupported, and what the harness cannot prepare is not run', async () => {
    const modest = broken('', 'has neither backward reads nor times', (driver) => ({
      capabilities: { ...driver.capabilities, readBackward: false, ttl: false },
      journal: {
        ...driver.journal,
        read: (stream, query, options) => {
          if (query.direction === 'backward') throw new StoreError('Unsupported', 'only forward');
          return driver.journal.read(stream, query, options);
        },
      },
      keyValue: {
        ...driver.keyValue,
        async put(request, options) {
          if (typeof request.ttlMs === 'number') throw new StoreError('Unsupported', 'no times');
          return driver.keyValue.put(request, options);
        },
      },
    }));
    const ids = ['JR-13', 'JR-14', 'K-13', 'K-14', 'M-05'];
    const results = await runConformance(changed(modest.breakIt), { filter: ({ id }) => ids.includes(id) });
    expect(Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]))).toEqual({
      'JR-13': 'pass',
      'JR-14': 'unsupported',
      'K-13': 'unsupported',
      'K-14': 'pass',
      'M-05': 'not-run',
    });
  });

  test('case ids are unique', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });
});

/** An in-memory target whose driver is changed, in every store that it makes. */
function changed(breakIt: BrokenDriver['breakIt']): ConformanceTarget {
  const target = inMemoryTarget();
  return {
    ...target,
    definition: breakIt(target.definition),
    hooks: { ...target.hooks, emptyStore: async () => changed(breakIt) },
  };
}
