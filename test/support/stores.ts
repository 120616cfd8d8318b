import { Database, inMemoryDriver } from '@stategate/driver-inmemory/driver';
import type { Driver, DriverDefinition } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { loadDriver } from '@stategate/proxy/store';
import { type ServerName, type ServerOptions, startServer, type TestServer } from './servers.ts';
import { tempDir } from './temp-dir.ts';

export const SERVER_STORES = [
  'postgres',
  'redis',
  'mongodb',
  'dynamodb',
  'cassandra',
] as const satisfies readonly ServerName[];
export const STORES = ['inmemory', 'sqlite', ...SERVER_STORES] as const;
export type StoreName = (typeof STORES)[number];

/** A store that a test can open as often as it likes. */
export interface TestStore extends AsyncDisposable {
  readonly definition: DriverDefinition;
  readonly config: unknown;
  /** Of the stores that have one. */
  readonly server?: TestServer;
  open(): Promise<Driver>;
}

/** An empty store of this kind, or why there is none here. */
export async function startStore(
  name: StoreName,
  options: ServerOptions = {},
): Promise<TestStore | { readonly missing: string }> {
  if (name === 'inmemory') return testStore(inMemoryDriver(new Database(2 * 1024 ** 3)), {}, async () => undefined);
  const definition = await loadDriver(name);
  if (name === 'sqlite') {
    const dir = tempDir();
    return testStore(definition, { path: dir.file('store.db') }, async () => dir[Symbol.dispose]());
  }
  const server = await startServer(name, options);
  if ('missing' in server) return server;
  return { ...testStore(definition, configOf(definition, server.url), () => server.stop()), server };
}

/** What a driver's configuration is for a server at this address. */
export function configOf(definition: DriverDefinition, url: string): unknown {
  if (definition.name === 'dynamodb') {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return { endpoint: url, region: 'eu-central-1', ...credentials, durability: 'disk' };
  }
  return definition.shortForm?.(url.slice(url.indexOf(':') + 1)) ?? { url };
}

function testStore(definition: DriverDefinition, config: unknown, dispose: () => Promise<void>): TestStore {
  return {
    definition,
    config,
    open: async () =>
      definition.open(await validateConfig(definition, config), { warn: () => undefined, instanceId: 'test' }),
    [Symbol.asyncDispose]: dispose,
  };
}
