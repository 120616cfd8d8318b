import { randomUUID } from 'node:crypto';
import type { ProxyConfig } from './config/index.ts';
import type { StoreEnv } from './persistence/drivers.ts';
import { openStores } from './persistence/stores.ts';
import { Proxy, type RunningProxy } from './proxy.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';

export type { Address, RunningProxy } from './proxy.ts';
export { loadDriver, openStore } from './persistence/drivers.ts';
export type { ServiceModel, ServiceMethod, EntityService } from './protocol/service-model.ts';
export { createLogger, type Logger } from './telemetry/logger.ts';
export { VERSION } from './version.ts';

export interface ProxyEnvironment {
  readonly loadDriver: StoreEnv['loadDriver'];
  readonly log?: Logger;
}

/** Opens the store, takes it for this process, connects to the user function and serves what that declares. Throws `StoreError` and system errors. */
export async function startProxy(config: ProxyConfig, environment: ProxyEnvironment): Promise<RunningProxy> {
  const log = environment.log ?? createLogger(config.log.level);
  const instanceId = `stategate-${process.pid}-${randomUUID().slice(0, 8)}`;
  const warn = (message: string, facts: Readonly<Record<string, unknown>> = {}): void => log.warn(facts, message);
  const stores = await openStores(config, { warn, instanceId, loadDriver: environment.loadDriver });
  for (const [name, { server, capabilities }] of stores.named) {
    log.info({ ...(name !== undefined && { name }), ...server, durability: capabilities.durability }, 'Store opened');
  }
  const proxy = new Proxy(config, stores, instanceId, log);
  await proxy.start();
  return proxy;
}
