import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { notRun } from '../support/not-run.ts';
import { startStore, STORES } from '../support/stores.ts';
import { faultyStore } from './history/faults.ts';
import { runInProcess, runHistory } from './history/run.ts';

/** Of each writer: about 20 s on a server under faults. */
const OPERATIONS = {
  inmemory: 2_000,
  sqlite: 250,
  postgres: 250,
  redis: 400,
  mongodb: 120,
  dynamodb: 120,
  cassandra: 60,
};

test.for(STORES)(
  'Z-17, %s: writers in two processes hand streams over under faults, and the history is that of a store that keeps its word',
  { timeout: 240_000 },
  async (name, context) => {
    const store = await startStore(name, { own: true });
    if ('missing' in store) notRun(context, store.missing);
    await using _store = store;
    const plan = {
      namespace: `h-${randomUUID()}`,
      streams: 8,
      operations: OPERATIONS[name],
      writers: 4,
      seed: 7,
      takeOver: 0.05,
    };
    await using faulty = await faultyStore(store);
    const reader = await store.open();
    try {
      const result =
        name === 'inmemory'
          ? await runInProcess([reader, await store.open()], plan)
          : await runHistory({
              driver: name,
              config: faulty.config,
              reader,
              plan,
              processes: 2,
              faults: faulty.faults,
              pause: { ms: 2_000 },
            });
      expect(result.anomalies).toEqual([]);
      expect(result.handOffs).toBeGreaterThanOrEqual(20);
      expect(result.acknowledged).toBeGreaterThan(30);
    } finally {
      await reader.close();
    }
  },
);
