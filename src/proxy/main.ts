import { randomUUID } from 'node:crypto';
import { checkTls } from './api-server.ts';
import type { ProxyConfig } from './config/index.ts';
import type { StoreEnv } from './persistence/drivers.ts';
import { measuredDriver } from './persistence/measured-driver.ts';
import { openStores } from './persistence/stores.ts';
import { Proxy, type RunningProxy } from './proxy.ts';
import { createLogger, type Logger, RepeatedWarnings } from './telemetry/logger.ts';
import { Metrics } from './telemetry/metrics.ts';
import type { Tracer } from './telemetry/tracer.ts';
import { VERSION } from './version.ts';

export type { Address, RunningProxy } from './proxy.ts';
export { loadDriver, openStore } from './persistence/drivers.ts';
export type { ServiceModel, ServiceMethod, EntityService } from './protocol/service-model.ts';
export { createLogger, type Logger } from './telemetry/logger.ts';
export { VERSION } from './version.ts';

export interface ProxyEnvironment {
  readonly loadDriver: StoreEnv['loadDriver'];
  readonly log?: Logger;
}

/** Opens the store, takes it for this process, connects to the user function and serves what that declares. Throws `ConfigError`, `StoreError` and system errors. */
export async function startProxy(config: ProxyConfig, environment: ProxyEnvironment): Promise<RunningProxy> {
  const log = environment.log ?? createLogger(config.log.level);
  const instanceId = `stategate-${process.pid}-${randomUUID().slice(0, 8)}`;
  await checkTls(config.api);
  const metrics = config.metrics.enabled ? new Metrics(VERSION) : undefined;
  const warn = (message: string, facts: Readonly<Record<string, unknown>> = {}): void => log.warn(facts, message);
  const tracer = await startTracer(config, log);
  const stores = await openStores(config, { warn, instanceId, loadDriver: environment.loadDriver }, (driver, name) =>
    metrics === undefined ? driver : measuredDriver(driver, metrics.ofStore(name)),
  );
  for (const [name, { server, capabilities }] of stores.named) {
    log.info({ ...(name !== undefined && { name }), ...server, durability: capabilities.durability }, 'Store opened');
  }
  const proxy = new Proxy(config, stores, instanceId, { log, metrics, tracer });
  await proxy.start();
  return proxy;
}

/** OpenTelemetry is loaded only when there is somewhere to send traces to. */
async function startTracer({ traces: { endpoint, ...traces } }: ProxyConfig, log: Logger): Promise<Tracer | undefined> {
  if (endpoint === undefined) return undefined;
  const { createTracer } = await import('./telemetry/open-telemetry.ts');
  const warnings = new RepeatedWarnings((facts, message) => log.warn(facts, message));
  const onTrouble = (details: string): void => warnings.warn('Traces are lost', { endpoint, details });
  return createTracer({ ...traces, endpoint, version: VERSION, onTrouble });
}
