import { join } from 'node:path';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Driver } from '@stategate/journal-spi';
import { isStoreError } from '@stategate/journal-spi';
import { appendRequest, errorOf, FENCE, openStore, stream, temporaryFolder, texts } from './sqlite-support.ts';

const MIB = 1024 ** 2;
const LARGE = Buffer.alloc(40_000, 7);

/** Appends to one stream until the store refuses, and returns how many events it took and the refusal. */
async function fill(driver: Driver): Promise<{ readonly taken: number; readonly refusal: Error }> {
  for (let taken = 0; taken < 1000; taken++) {
    const [outcome] = await driver.journal.appendMany([appendRequest('big', taken, LARGE)], {});
    if (isStoreError(outcome)) return { taken, refusal: outcome };
  }
  throw new Error('the store never became full');
}

test('Z-11: a full store refuses with limit and way out, loses nothing, can be read, and goes on when the limit is raised', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const small = await openStore({ path, maxBytes: '2MiB' });
  await small.journal.append(appendRequest('e-1', 0, 'kept'), {});
  const { taken, refusal } = await fill(small);
  expect(taken).toBeGreaterThan(20);
  expect(refusal).toMatchObject({ code: 'Throttled', applied: 'no', details: { limit: 2 * MIB } });
  expect(refusal.message).toContain(`${path} has reached its limit of ${2 * MIB} bytes`);
  expect(refusal.message).toContain('raise store.config.maxBytes, delete data');
  expect(await texts(small, 'e-1')).toEqual(['kept']);
  expect((await small.journal.head(stream('big'), {})).head).toBe(taken);
  await small.close();

  // A new owner must be able to start, and to bring every entity to life.
  const again = await openStore({ path, maxBytes: 2 * MIB });
  const { epoch } = await again.fences.claim('default', 'all', 'new owner', {});
  const fence = { scope: 'all', epoch: epoch + 1000 };
  const page = again.tuning.page;
  const recovered = await again.journal.recover({ stream: stream('big'), fence, snapshot: true, page }, {});
  expect(recovered.head.head).toBe(taken);
  await again.journal.recover({ stream: stream('new'), fence, snapshot: true, page }, {});
  expect((await errorOf(again.journal.append({ ...appendRequest('big', taken, LARGE), fence }, {}))).code).toBe(
    'Throttled',
  );
  expect(statSync(path).size).toBeLessThan(3 * MIB);
  await again.close();

  const larger = await openStore({ path, maxBytes: 8 * MIB });
  await larger.journal.append({ ...appendRequest('big', taken, LARGE), fence }, {});
});

test('a full store goes on after data was deleted', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db'), maxBytes: '2MiB' });
  const { taken } = await fill(driver);
  await driver.journal.deleteTo(stream('big'), taken - 1, FENCE, {});
  const { lastSequenceNr } = await driver.journal.append(appendRequest('big', taken, LARGE), {});
  expect(lastSequenceNr).toBe(taken + 1);
});

test('one request that does not fit fails alone: the others of its group are written, a known one is a duplicate', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db'), maxBytes: '2MiB' });
  const known = appendRequest('known', 0, 'before');
  await driver.journal.append(known, {});
  const tooMuch = appendRequest('large', 0, Buffer.alloc(4 * MIB));
  const outcomes = await driver.journal.appendMany(
    [appendRequest('first', 0, 'a'), tooMuch, known, appendRequest('last', 0, 'b')],
    {},
  );
  expect(outcomes).toMatchObject([
    { lastSequenceNr: 1, duplicate: false },
    { code: 'Throttled' },
    { duplicate: true },
    { lastSequenceNr: 1 },
  ]);
  expect(await texts(driver, 'first')).toEqual(['a']);
  expect(await texts(driver, 'large')).toEqual([]);
  expect(await texts(driver, 'last')).toEqual(['b']);
});
