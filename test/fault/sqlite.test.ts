import driver from '@stategate/driver-sqlite/driver';
import { validateConfig } from '@stategate/journal-spi/kit';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { runHistory } from './history/run.ts';

test('two processes hand streams back and forth on one file, and nothing is lost', async () => {
  using dir = tempDir();
  const config = { path: dir.file('history.db') };
  const reader = await driver.open(await validateConfig(driver, config), {
    warn: () => undefined,
    instanceId: 'reader',
  });
  try {
    const plan = { namespace: 'h', streams: 8, operations: 300, writers: 4, seed: 1, takeOver: 0.05 };
    const result = await runHistory({
      driver: 'sqlite',
      config,
      reader,
      plan,
      processes: 2,
      faults: [],
      pauseMs: 1_000,
    });
    expect(result.anomalies).toEqual([]);
    expect(result.handOffs).toBeGreaterThan(20);
    expect(result.acknowledged).toBeGreaterThan(300);
  } finally {
    await reader.close();
  }
}, 120_000);
