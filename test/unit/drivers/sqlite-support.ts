import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import sqlite from '@stategate/driver-sqlite/driver';
import { isStoreError } from '@stategate/journal-spi';
import type { AppendRequest, Driver, DriverEnv, StoredEvent, StoreError, StreamKey } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';

export const FENCE = { scope: 'all', epoch: 1 };

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stategate-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens the store as a user's configuration would, and closes it after the test. */
export async function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  const options = await validateConfig(sqlite, config);
  const driver = await sqlite.open(options, { warn: () => undefined, instanceId: 'test', ...env });
  onTestFinished(() => driver.close());
  return driver;
}

export function stream(entityId: string): StreamKey {
  return { namespace: 'default', persistenceId: 'cart', entityId };
}

export function appendRequest(entityId: string, expected: number, ...payloads: (string | Uint8Array)[]): AppendRequest {
  const events = payloads.map((payload) => ({ manifest: 'type.example/Event', payload: Buffer.from(payload) }));
  return { stream: stream(entityId), expected, fence: FENCE, token: randomUUID(), events };
}

export async function readAll(driver: Driver, entityId: string): Promise<StoredEvent[]> {
  const pages = await Array.fromAsync(driver.journal.read(stream(entityId), {}, {}));
  return pages.flatMap(({ events }) => events);
}

export async function texts(driver: Driver, entityId: string): Promise<string[]> {
  return (await readAll(driver, entityId)).map(({ payload }) => Buffer.from(payload).toString());
}

/** The error with which `work` rejects. */
export async function errorOf(work: Promise<unknown>): Promise<StoreError> {
  const outcome = await work.then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  if (isStoreError(outcome)) return outcome;
  throw new Error(`expected a StoreError, got ${String(outcome)}`);
}
