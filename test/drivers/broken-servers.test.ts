import { describe, expect, test } from 'vitest';
import type { Driver } from '@stategate/journal-spi';
import { runConformance } from '@stategate/journal-spi/conformance';
import { servedTarget } from './broken/served.ts';
import type { Server } from './broken/served.ts';

const CASES = ['H-01', 'H-02', 'H-03', 'H-04'];

const BROKEN: readonly {
  readonly caughtBy: readonly string[];
  readonly defect: string;
  readonly change: (driver: Driver, server: Server) => Partial<Driver>;
}[] = [
  {
    caughtBy: ['H-02', 'H-04'],
    defect: 'is ready whatever its server does',
    change: () => ({ health: async () => ({ ready: true, latencyMs: 0, problems: [] }) }),
  },
  {
    caughtBy: ['H-02'],
    defect: 'acknowledges appends that its server never saw',
    change: ({ journal }, server) => ({
      journal: {
        ...journal,
        append: async (request, options) =>
          server.state === 'down'
            ? { lastSequenceNr: request.expected + request.events.length, duplicate: false }
            : journal.append(request, options),
      },
    }),
  },
  {
    caughtBy: ['H-03'],
    defect: 'loses with its server what was acknowledged',
    change(driver, server) {
      let wasDown = false;
      return {
        async health(options) {
          wasDown ||= server.state === 'down';
          return driver.health(options);
        },
        journal: {
          ...driver.journal,
          append(request, options) {
            const lost = wasDown ? 1 : 0;
            wasDown = false;
            return driver.journal.append({ ...request, expected: request.expected - lost }, options);
          },
        },
      };
    },
  },
  {
    caughtBy: ['H-04'],
    defect: 'waits for a silent server beyond the deadline of an append',
    change: ({ journal }) => ({
      journal: {
        ...journal,
        append: (request, { deadline = Infinity, ...options }) =>
          journal.append(request, { ...options, deadline: deadline + 1000 }),
      },
    }),
  },
];

describe('the cases that stop a server', () => {
  test('pass on a driver that behaves', async () => {
    const results = await runConformance(servedTarget(), { filter: ({ id }) => CASES.includes(id) });
    expect(results.map(({ id, outcome }) => [id, outcome])).toEqual(CASES.toSorted().map((id) => [id, 'pass']));
  });

  for (const { caughtBy, defect, change } of BROKEN) {
    test(`catch a driver that ${defect}`, async () => {
      const results = await runConformance(servedTarget(change), { filter: ({ id }) => CASES.includes(id) });
      const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
      expect(failed).toEqual(caughtBy);
    });
  }
});
