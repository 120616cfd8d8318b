import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Driver } from '@stategate/journal-spi';
import { appendRequest, errorOf, openStore, temporaryFolder, stream, texts } from './sqlite-support.ts';

/** Opens a store and catches its worker, as Node announces it. */
async function openWithWorker(path: string): Promise<{ readonly driver: Driver; readonly worker: Worker }> {
  let caught: Worker | undefined;
  const onWorker = (message: unknown) => {
    caught = (message as { readonly worker: Worker }).worker;
  };
  subscribe('worker_threads', onWorker);
  const driver = await openStore({ path });
  unsubscribe('worker_threads', onWorker);
  if (caught === undefined) throw new Error('no worker was started');
  return { driver, worker: caught };
}

test('when the worker dies nothing hangs: writes are ambiguous, reads and later calls unavailable', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { driver, worker } = await openWithWorker(path);
  const requests = Array.from({ length: 200 }, (_, index) => appendRequest(`e-${index}`, 0, Buffer.alloc(10_000)));
  const writing = driver.journal.appendMany(requests, {});
  const reading = errorOf(driver.journal.head(stream('e-0'), {}));
  await worker.terminate();

  const outcomes = await writing;
  expect(outcomes).toHaveLength(requests.length);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'AmbiguousWrite', applied: 'unknown' });
  expect((await reading).code).toBe('StoreUnavailable');
  const later = await errorOf(driver.journal.append(appendRequest('e-1', 0, 'x'), {}));
  expect(later.code).toBe('StoreUnavailable');
  expect(later.message).toContain(path);
  await driver.close();

  // Whole or not at all: every request of the group has the same fate, and its token tells which.
  const again = await openStore({ path });
  const fates = await Promise.all(requests.map((request) => again.journal.resolve(request, {})));
  expect(new Set(fates.map(({ outcome }) => outcome)).size).toBe(1);
});

test('whoever stops waiting gets Cancelled for a read, and for a write the truth: it may have been applied', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db') });
  const abort = new AbortController();
  const signal = abort.signal;
  const request = appendRequest('e-1', 0, 'a');
  const writing = errorOf(driver.journal.append(request, { signal }));
  const reading = errorOf(driver.journal.head(stream('e-1'), { signal }));
  abort.abort(new Error('the caller left'));
  expect(await writing).toMatchObject({ code: 'AmbiguousWrite' });
  expect(await reading).toMatchObject({ code: 'Cancelled' });
  expect((await errorOf(driver.journal.append(request, { signal }))).code).toBe('Cancelled');
  expect(await driver.journal.resolve(request, {})).toEqual({ outcome: 'applied', lastSequenceNr: 1 });
});

test('closing waits for what is running, with no limit when none is wanted', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const driver = await openStore({ path });
  const requests = Array.from({ length: 100 }, (_, index) => appendRequest(`e-${index}`, 0, Buffer.alloc(200_000)));
  const writing = driver.journal.appendMany(requests, {});
  await driver.close({ drainMs: Infinity });
  expect(await writing).toEqual(requests.map(() => ({ lastSequenceNr: 1, duplicate: false })));
  expect(await texts(await openStore({ path }), 'e-99')).toHaveLength(1);
});

test('a deadline ends the waiting', async () => {
  const driver = await openStore({ path: join(temporaryFolder(), 'store.db') });
  const busy = driver.journal.appendMany(
    Array.from({ length: 200 }, (_, index) => appendRequest(`busy-${index}`, 0, Buffer.alloc(200_000))),
    {},
  );
  const deadline = performance.now() + 10;
  expect((await errorOf(driver.journal.append(appendRequest('e-1', 0, 'a'), { deadline }))).code).toBe(
    'AmbiguousWrite',
  );
  await busy;
  expect(await texts(driver, 'busy-0')).toHaveLength(1);
  const far = { deadline: performance.now() + 2 ** 40 };
  await driver.journal.append(appendRequest('e-2', 0, 'a'), far);
});

test('the functions of the worker refer to nothing outside of them: they are handed over as text', () => {
  const folder = join(import.meta.dirname, '../../../drivers/sqlite/src/worker');
  for (const name of readdirSync(folder)) {
    const topLevel = readFileSync(join(folder, name), 'utf8')
      .replaceAll(/\/\*\*.*?\*\//gs, '')
      .split('\n')
      .filter((line) => /^[^\s})\]]/.test(line));
    const values = topLevel.filter((line) => !/^(import type|export type|export interface|type|interface) /.test(line));
    expect(values).toEqual(values.filter((line) => /^export function \w+\(/.test(line)));
  }
});
