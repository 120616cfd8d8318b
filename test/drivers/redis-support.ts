import { randomUUID } from 'node:crypto';
import redis from '@stategate/driver-redis/driver';
import { isStoreError } from '@stategate/journal-spi';
import type { AppendRequest, Driver, DriverEnv, StoreError, StreamKey } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';

export const FENCE = { scope: 'all', epoch: 1 };

/** A server of this test alone, and a client that looks into it. */
export async function ownServer(
  context: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: TestServer; readonly client: Redis }> {
  const server = present(context, await startServer('redis', { own: true, settings }));
  onTestFinished(() => server.stop());
  const client = new Redis(server.url);
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return { server, client };
}

/** Opens the store as a user's configuration would, and closes it after the test. */
export async function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  const options = await validateConfig(redis, config);
  const driver = await redis.open(options, { warn: () => undefined, instanceId: 'test', ...env });
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

export async function countEvents(driver: Driver, entityId: string): Promise<number> {
  const pages = await Array.fromAsync(driver.journal.read(stream(entityId), {}, {}));
  return pages.reduce((sum, { events }) => sum + events.length, 0);
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
