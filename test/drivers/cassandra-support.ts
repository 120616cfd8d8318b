import { randomUUID } from 'node:crypto';
import cassandra from '@stategate/driver-cassandra/driver';
import type { Driver, DriverEnv } from '@stategate/journal-spi';
import type { TestServer } from '../support/servers.ts';
import { configOf } from '../support/stores.ts';
import { openDriver } from './support.ts';

/** The configuration of a store that nobody else uses on the server. */
export function freshConfig(server: TestServer, more: Readonly<Record<string, unknown>> = {}): object {
  const keyspace = `t_${randomUUID().replaceAll('-', '')}`;
  return { ...Object(configOf(cassandra, server.url)), keyspace, ...more };
}

export function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  return openDriver(cassandra, config, env);
}
