import mongodb from '@stategate/driver-mongodb/driver';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { MongoClient } from 'mongodb';
import type { Db, Document } from 'mongodb';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';
import { openDriver } from './support.ts';

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

export function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  return openDriver(mongodb, config, env);
}
