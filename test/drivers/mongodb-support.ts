import { randomUUID } from 'node:crypto';
import mongodb from '@stategate/driver-mongodb/driver';
import { isStoreError } from '@stategate/journal-spi';
import type { AppendRequest, Driver, DriverEnv, Fence, StoreError, StreamKey } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { MongoClient } from 'mongodb';
import type { Db, Document } from 'mongodb';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';

export const FENCE: Fence = { scope: 'all', epoch: 1 };

/** A server of this test alone, and a client that looks into it. */
export async function ownServer(
  context: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: TestServer; readonly client: MongoClient; readonly database: Db }> {
  const server = present(context, await startServer('mongodb', { own: true, settings }));
  onTestFinished(() => server.stop());
  const client = new MongoClient(server.url, { serverSelectionTimeoutMS: 2000 });
  onTestFinished(() => client.close());
  return { server, client, database: client.db('stategate') };
}

/** Lets the server fail the next so many commands of a kind, in the words of its fail points. */
export async function failNext(client: MongoClient, times: number, command: string, how: Document): Promise<void> {
  const data = { failCommands: [command], ...how };
  await client.db('admin').command({ configureFailPoint: 'failCommand', mode: { times }, data });
}

/** Opens the store as a user's configuration would, and closes it after the test. */
export async function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  const options = await validateConfig(mongodb, config);
  const driver = await mongodb.open(options, { warn: () => undefined, instanceId: 'test', ...env });
  onTestFinished(() => driver.close({ drainMs: 0 }));
  return driver;
}

export function stream(entityId: string): StreamKey {
  return { namespace: 'default', persistenceId: 'cart', entityId };
}

export function appendRequest(entityId: string, expected: number, count = 1, fence = FENCE): AppendRequest {
  const events = Array.from({ length: count }, () => ({ manifest: 't', payload: Buffer.from('event') }));
  return { stream: stream(entityId), expected, fence, token: randomUUID(), events };
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
