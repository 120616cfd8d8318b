import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Driver, FeedQuery } from '@stategate/journal-spi';
import { appendRequest, errorOf, openStore, temporaryFolder } from './sqlite-support.ts';

/** More than one request of the feed looks at. */
const OTHERS = 25_000;

test('the feed of one persistence id passes over many events of others, and its checkpoint lies behind them', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db') });
  const { stream } = appendRequest('others', 0);
  for (let expected = 0; expected < OTHERS; expected += 1000) {
    const others = appendRequest('others', expected, ...Array.from({ length: 1000 }, () => 'x'));
    await driver.journal.append({ ...others, stream: { ...stream, persistenceId: 'other' } }, {});
  }
  await driver.journal.append(appendRequest('mine', 0, 'a', 'b'), {});

  const found = await pages(driver, { persistenceId: 'cart' });
  expect(found.flatMap(({ events }) => events.map(({ sequenceNr }) => sequenceNr))).toEqual([1, 2]);
  const none = await pages(driver, { persistenceId: 'nobody' });
  expect(none).toEqual([{ events: [], checkpoint: await driver.feed?.now('default', {}) }]);
  expect(await pages(driver, { persistenceId: 'nobody', after: none[0]?.checkpoint ?? '' })).toEqual([]);
});

test('a live feed ends when the store is closed', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db') });
  const ended = errorOf(pages(driver, { live: true }));
  await driver.close();
  expect((await ended).code).toBe('StoreUnavailable');
});

test('a store that is opened only to read can be followed while another one writes', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const writer = await openStore({ path });
  const reader = await openStore({ path }, { readOnly: true });
  expect(await reader.health({})).toMatchObject({ ready: true, problems: [] });
  const first = firstEvents(reader);
  await writer.journal.append(appendRequest('e', 0, 'a'), {});
  expect(await first).toEqual([1]);
});

test('health says when the file has nearly grown to its limit', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db'), maxBytes: '2MiB' });
  expect((await driver.health({})).problems.filter((problem) => problem.includes('maxBytes'))).toEqual([]);
  for (let expected = 0; ; expected += 1) {
    const [outcome] = await driver.journal.appendMany([appendRequest('e', expected, Buffer.alloc(4000))], {});
    if (outcome instanceof Error) break;
  }
  const { problems } = await driver.health({});
  expect(problems.join()).toContain('maxBytes');
});

async function pages(driver: Driver, query: Partial<FeedQuery>) {
  return Array.fromAsync(driver.feed?.read({ namespace: 'default', live: false, ...query }, {}) ?? []);
}

async function firstEvents(driver: Driver): Promise<number[]> {
  for await (const { events } of driver.feed?.read({ namespace: 'default', live: true }, {}) ?? []) {
    if (events.length > 0) return events.map(({ sequenceNr }) => sequenceNr);
  }
  return [];
}
