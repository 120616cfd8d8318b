import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import type { AppendRequest, Driver, DriverDefinition, DriverEnv, StoreError, StreamKey } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { expect, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';

export const FENCE = { scope: 'all', epoch: 1 };
export const PAGE = { events: 100, bytes: 1_000_000 };

/** Opens the store as a user's configuration would, and closes it after the test. */
export async function openDriver(
  definition: DriverDefinition,
  config: unknown,
  env: Partial<DriverEnv> = {},
): Promise<Driver> {
  const options = await validateConfig(definition, config);
  const driver = await definition.open(options, { warn: () => undefined, instanceId: 'test', ...env });
  onTestFinished(() => driver.close({ drainMs: 0 }));
  return driver;
}

export function stream(entityId: string): StreamKey {
  return { namespace: 'default', persistenceId: 'cart', entityId };
}

export function appendRequest(
  entityId: string,
  expected: number,
  count = 1,
  { payload = 'event', fence = FENCE } = {},
): AppendRequest {
  const events = Array.from({ length: count }, () => ({ manifest: 't', payload: Buffer.from(payload) }));
  return { stream: stream(entityId), expected, fence, token: randomUUID(), events };
}

/** Every event's payload, in order. */
export async function payloads(driver: Driver, entityId: string): Promise<string[]> {
  const pages = await Array.fromAsync(driver.journal.read(stream(entityId), {}, {}));
  return pages.flatMap(({ events }) => events.map(({ payload }) => Buffer.from(payload).toString()));
}

export async function countEvents(driver: Driver, entityId: string): Promise<number> {
  return (await payloads(driver, entityId)).length;
}

/** The events of the feed so far, as `entity/number`. */
export async function fedEvents(driver: Driver, after?: string): Promise<string[]> {
  const query = { namespace: 'default', live: false, ...(after === undefined ? {} : { after }) };
  const pages = await Array.fromAsync(driver.feed?.read(query, {}) ?? []);
  return pages.flatMap(({ events }) => events.map((event) => `${event.stream.entityId}/${event.sequenceNr}`));
}

/** The error with which `work` rejects. */
export async function errorOf(work: Promise<unknown>): Promise<StoreError> {
  const outcome = await work.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  if (isStoreError(outcome)) return outcome;
  throw new Error(`expected a StoreError, got ${String(outcome)}`, { cause: outcome });
}

/** Of `e` the driver has written six events, of which the server that it meets now has the first: it says so, and goes on from there. */
export async function expectLostTail(driver: Driver): Promise<void> {
  await eventually(async () => (await driver.health({})).ready);
  const lost = await errorOf(driver.journal.append(appendRequest('e', 6), {}));
  expect([lost.code, lost.details.expected, lost.details.actual]).toEqual(['HeadRegressed', 6, 1]);
  expect(await countEvents(driver, 'e')).toBe(1);
  expect((await driver.journal.append(appendRequest('e', 1), {})).lastSequenceNr).toBe(2);
}

/** What an append of `appendWhile` is given. */
export const APPEND_MS = 2000;

interface Load {
  /** Of each writer: its stream, the last number that was acknowledged, and how many events were under way behind it. */
  readonly written: readonly { readonly id: string; readonly head: number; readonly pending: number }[];
  readonly codes: ReadonlySet<string>;
  readonly slowestMs: number;
}

/** Appends to many streams, one after the other in each, for a second before and after something bad happens to the store. */
export async function appendWhile(driver: Driver, happens: () => Promise<unknown>): Promise<Load> {
  const codes = new Set<string>();
  let slowestMs = 0;
  let loading = true;
  const writers = Array.from({ length: 16 }, async (_, n) => {
    const id = randomUUID();
    let head = 0;
    let request = appendRequest(id, head, 1 + (n % 3));
    while (loading) {
      const begun = performance.now();
      try {
        head = (await driver.journal.append(request, { deadline: begun + APPEND_MS })).lastSequenceNr;
        request = appendRequest(id, head, 1 + (n % 3));
      } catch (error) {
        // The same token, once more: what was applied is a duplicate.
        codes.add(isStoreError(error) ? error.code : String(error));
        await sleep(10);
      }
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    }
    return { id, head, pending: request.events.length };
  });
  try {
    await sleep(1000);
    await happens();
    await sleep(1000);
  } finally {
    loading = false;
  }
  return { written: await Promise.all(writers), codes, slowestMs };
}
