import { randomUUID } from 'node:crypto';
import cassandra from '@stategate/driver-cassandra/driver';
import { isStoreError } from '@stategate/journal-spi';
import type { AppendRequest, Driver, DriverEnv, StoreError, StreamKey } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { onTestFinished } from 'vitest';
import type { TestServer } from '../support/servers.ts';
import { configOf } from '../support/stores.ts';

export const FENCE = { scope: 'all', epoch: 1 };

/** The configuration of a store that nobody else uses on the server. */
export function freshConfig(server: TestServer, more: Readonly<Record<string, unknown>> = {}): object {
  const keyspace = `t_${randomUUID().replaceAll('-', '')}`;
  return { ...Object(configOf(cassandra, server.url)), keyspace, ...more };
}

/** Opens the store as a user's configuration would, and closes it after the test. */
export async function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  const options = await validateConfig(cassandra, config);
  const driver = await cassandra.open(options, { warn: () => undefined, instanceId: 'test', ...env });
  onTestFinished(() => driver.close({ drainMs: 0 }));
  return driver;
}

export function stream(entityId: string): StreamKey {
  return { namespace: 'default', persistenceId: 'cart', entityId };
}

export function appendRequest(entityId: string, expected: number, count = 1, payload = 'event'): AppendRequest {
  const events = Array.from({ length: count }, () => ({ manifest: 't', payload: Buffer.from(payload) }));
  return { stream: stream(entityId), expected, fence: FENCE, token: randomUUID(), events };
}

/** Every event's payload, in order. */
export async function payloads(driver: Driver, entityId: string): Promise<string[]> {
  const pages = await Array.fromAsync(driver.journal.read(stream(entityId), {}, {}));
  return pages.flatMap(({ events }) => events.map(({ payload }) => Buffer.from(payload).toString()));
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
