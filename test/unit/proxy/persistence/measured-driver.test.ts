import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { Driver } from '@stategate/journal-spi';
import { measuredDriver } from '../../../../src/proxy/persistence/measured-driver.ts';
import { startStore } from '../../../support/stores.ts';

const open: Driver[] = [];
afterEach(() => Promise.all(open.splice(0).map((driver) => driver.close())));

async function start(): Promise<{
  driver: Driver;
  seen: (readonly [operation: string, outcomes: readonly string[]])[];
}> {
  const store = await startStore('inmemory');
  if ('missing' in store) throw new Error(store.missing);
  const seen: (readonly [string, readonly string[]])[] = [];
  const driver = measuredDriver(await store.open(), (operation, durationMs, outcomes) => {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    seen.push([operation, outcomes]);
  });
  open.push(driver);
  return { driver, seen };
}

const stream = (entityId: string) => ({ namespace: 'n', persistenceId: 'p', entityId });
const fence = { scope: 'all', epoch: 1 };
const append = (entityId: string, expected: number) => ({
  stream: stream(entityId),
  expected,
  fence,
  token: randomUUID(),
  events: [{ manifest: 't', payload: new Uint8Array(1) }],
});

test('each request of a batch has an outcome of its own', async () => {
  const { driver, seen } = await start();
  const outcomes = await driver.journal.appendMany([append('a', 0), append('b', 7), append('c', 0)], {});
  expect(outcomes[0]).toMatchObject({ lastSequenceNr: 1 });
  expect(seen).toEqual([['append', ['ok', 'HeadRegressed', 'ok']]]);
});

test('a call that is refused as a whole counts for all of its requests', async () => {
  const { driver, seen } = await start();
  await driver.close();
  await expect(driver.journal.appendMany([append('a', 0), append('b', 0)], {})).rejects.toMatchObject({
    code: 'StoreUnavailable',
  });
  expect(seen).toEqual([['append', ['StoreUnavailable', 'StoreUnavailable']]]);
});

test('everything else is the driver, as it was', async () => {
  const { driver, seen } = await start();
  expect(driver.capabilities.exclusive).toBe('process');
  expect('lock' in driver || 'lease' in driver).toBe(false);
  expect('feed' in driver).toBe(driver.capabilities.feed !== false);
  expect((await driver.health({})).ready).toBe(true);
  await driver.fences.claim('n', 'all', 'me', {});
  expect(seen).toEqual([]);
});
