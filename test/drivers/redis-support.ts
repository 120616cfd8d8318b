import redis from '@stategate/driver-redis/driver';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';
import { openDriver } from './support.ts';

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

export function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  return openDriver(redis, config, env);
}
