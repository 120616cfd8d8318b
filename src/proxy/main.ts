import { randomUUID } from 'node:crypto';
import type { Driver } from '@stategate/journal-spi';
import { cloudstate } from '@stategate/protocol';
import { listenAdmin, listenMetrics, type SideServer } from './admin/admin-server.ts';
import type { ProxyConfig } from './config/index.ts';
import { openStore, type StoreEnv } from './persistence/drivers.ts';
import { DiscoveryError } from './protocol/descriptors.ts';
import { readEntitySpec } from './protocol/discovery.ts';
import type { ServiceModel } from './protocol/service-model.ts';
import { UserFunction } from './protocol/user-function.ts';
import { ownAlone, type Ownership } from './routing/ownership.ts';
import { type RunningModel, runModel } from './serve-model.ts';
import { HttpRuleError } from './serving/path-template.ts';
import { createServices, type Services } from './serving/services.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { Metrics } from './telemetry/metrics.ts';
import { Code } from './transport/call.ts';
import { GrpcJsConnection } from './transport/grpc-js-connection.ts';
import { type HttpServer, listenHttp } from './transport/http-server.ts';
import { VERSION } from './version.ts';

export { loadDriver, openStore } from './persistence/drivers.ts';
export type { ServiceModel, ServiceMethod, EntityService } from './protocol/service-model.ts';
export { createLogger, type Logger } from './telemetry/logger.ts';
export { VERSION } from './version.ts';

export interface ProxyEnvironment {
  readonly loadDriver: StoreEnv['loadDriver'];
  readonly log?: Logger;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A proxy from the moment its store is open. It serves once the user function has said what to serve. */
export interface RunningProxy {
  readonly admin: Address;
  readonly metrics?: Address;
  /** Called with the address of the API and the model whenever a specification begins to be served. */
  onServing(listener: (api: Address, model: ServiceModel) => void): void;
  /** Called when the user function's specification was refused, with the reason. */
  onRefused(listener: (reason: string) => void): void;
  /** Stops taking commands, lets those that run finish, passivates, closes the store. */
  drain(): Promise<void>;
  /** Resolves when the proxy has stopped, for whatever reason: 0 after a drain. */
  readonly stopped: Promise<{ readonly exitCode: number; readonly reason?: string }>;
}

/** Opens the store, takes it for this process, connects to the user function and serves what that declares. Throws `StoreError` and system errors. */
export async function startProxy(config: ProxyConfig, environment: ProxyEnvironment): Promise<RunningProxy> {
  const log = environment.log ?? createLogger(config.log.level);
  const instanceId = `stategate-${process.pid}-${randomUUID().slice(0, 8)}`;
  const warn = (message: string, facts: Readonly<Record<string, unknown>> = {}): void => log.warn(facts, message);
  const driver = await openStore(config.store, { warn, instanceId, loadDriver: environment.loadDriver });
  let ownership: Ownership | undefined;
  try {
    ownership = await ownAlone(driver, config.store.namespace, instanceId);
    log.info(
      { ...driver.server, durability: driver.capabilities.durability, epoch: ownership.fence.epoch },
      'Store opened',
    );
    const proxy = new Proxy(config, driver, ownership, log);
    await proxy.start();
    return proxy;
  } catch (error) {
    await ownership?.release();
    await driver.close();
    throw error;
  }
}

/** What is served now: made anew for each specification. */
interface Serving {
  readonly fingerprint: Buffer;
  readonly model: ServiceModel;
  readonly running: RunningModel;
  readonly services: Services;
}

class Proxy implements RunningProxy {
  readonly #config: ProxyConfig;
  readonly #driver: Driver;
  readonly #ownership: Ownership;
  readonly #log: Logger;
  readonly #metrics = new Metrics();
  readonly #userFunction: UserFunction;
  readonly #servingListeners: ((api: Address, model: ServiceModel) => void)[] = [];
  readonly #refusedListeners: ((reason: string) => void)[] = [];
  readonly #stopped = Promise.withResolvers<{ exitCode: number; reason?: string }>();
  #admin: SideServer | undefined;
  #metricsServer: SideServer | undefined;
  #http: HttpServer | undefined;
  #serving: Serving | undefined;
  readonly #readyListeners = new Set<() => void>();
  #connected = false;
  #refused: string | undefined;
  #stopping: Promise<void> | undefined;

  constructor(config: ProxyConfig, driver: Driver, ownership: Ownership, log: Logger) {
    this.#config = config;
    this.#driver = driver;
    this.#ownership = ownership;
    this.#log = log;
    const { host, port } = config.userFunction;
    const connection = new GrpcJsConnection({ host, port, maxMessageBytes: config.api.maxMessageBytes });
    this.#userFunction = new UserFunction(connection, VERSION);
    this.#metrics.liveEntities(() =>
      [...(this.#serving?.running.regions.values() ?? [])].reduce((sum, { size }) => sum + size, 0),
    );
  }

  get admin(): Address {
    return this.#admin ?? this.#config.admin;
  }

  get metrics(): Address {
    return this.#metricsServer ?? this.#config.metrics;
  }

  get stopped(): Promise<{ exitCode: number; reason?: string }> {
    return this.#stopped.promise;
  }

  onServing(listener: (api: Address, model: ServiceModel) => void): void {
    this.#servingListeners.push(listener);
    if (this.#http !== undefined && this.#serving !== undefined) listener(this.#http, this.#serving.model);
  }

  onRefused(listener: (reason: string) => void): void {
    this.#refusedListeners.push(listener);
    if (this.#refused !== undefined) listener(this.#refused);
  }

  async start(): Promise<void> {
    const { admin, metrics, userFunction } = this.#config;
    this.#admin = await listenAdmin(admin.host, admin.port, this);
    if (metrics.enabled) this.#metricsServer = await listenMetrics(metrics.host, metrics.port, this.#metrics);
    this.#userFunction.start({
      onSpec: (spec) => void this.#onSpec(spec).catch((error: unknown) => this.#stop(1, String(error))),
      onLost: () => {
        this.#setConnected(false);
        this.#log.warn(userFunction, 'The user function is gone');
      },
      onDiscoveryFailed: (error, retryMs) =>
        this.#log.warn({ err: error, retryMs }, 'The user function did not say what it serves'),
    });
  }

  notReadyBecause(): string | null {
    const { host, port } = this.#config.userFunction;
    if (this.#stopping !== undefined) return 'the proxy is shutting down';
    if (this.#refused !== undefined) return `the user function was refused: ${this.#refused}`;
    if (!this.#connected) return `no user function answers at ${host}:${port}`;
    return this.#serving === undefined ? 'the user function has not said what it serves' : null;
  }

  isReady(): boolean {
    return this.notReadyBecause() === null;
  }

  subscribe(listener: () => void): () => void {
    this.#readyListeners.add(listener);
    return () => this.#readyListeners.delete(listener);
  }

  drain(): Promise<void> {
    return this.#stop(0);
  }

  async #onSpec(spec: cloudstate.EntitySpec): Promise<void> {
    const fingerprint = Buffer.from(
      cloudstate.EntitySpec.encode({ proto: spec.proto, entities: spec.entities }).finish(),
    );
    if (this.#serving?.fingerprint.equals(fingerprint) === true) {
      this.#setConnected(true);
      this.#log.info('The user function is back');
      return;
    }
    if (this.#serving !== undefined && this.#config.userFunction.onChange === 'exit') {
      const reason = 'the user function came back with another specification';
      await this.#userFunction.reportError(`This proxy stops: ${reason}.`);
      await this.#stop(1, reason);
      return;
    }
    try {
      await this.#serve(spec, fingerprint);
      this.#refused = undefined;
      this.#setConnected(true);
    } catch (error) {
      if (!(error instanceof DiscoveryError || error instanceof HttpRuleError)) throw error;
      this.#refused = error.message;
      this.#log.error({ reason: error.message }, 'The user function was refused');
      void this.#userFunction.reportError(error.message);
      for (const listener of this.#refusedListeners) listener(error.message);
    }
  }

  async #serve(spec: cloudstate.EntitySpec, fingerprint: Buffer): Promise<void> {
    const { api, userFunction } = this.#config;
    const { model, warnings } = readEntitySpec(spec, userFunction.protocolCheck);
    for (const warning of warnings) this.#log.warn(warning);
    const running = runModel(model, {
      config: this.#config,
      driver: this.#driver,
      fence: this.#ownership.fence,
      userFunction: this.#userFunction,
      log: this.#log,
      metrics: this.#metrics,
      isConnected: () => this.#connected,
      onFenced: (error) => void this.#stop(1, `another process has taken over: ${error.message}`),
    });
    const services = createServices({
      model,
      router: running.router,
      readiness: this,
      maxMessageBytes: api.maxMessageBytes,
    });
    for (const region of this.#serving?.running.regions.values() ?? []) {
      region.drop({ code: Code.UNAVAILABLE, message: 'the user function was reloaded' });
    }
    this.#serving = { fingerprint, model, running, services };
    const current = (): Services => this.#serving?.services ?? services;
    this.#http ??= await listenHttp({
      host: api.host,
      port: api.port,
      maxMessageBytes: api.maxMessageBytes,
      onCall: (call) => current().onCall(call),
      onHttp: (exchange) => current().onHttp(exchange),
    });
    this.#log.info({ port: this.#http.port, services: [...model.services.keys()] }, 'Serving');
    for (const listener of this.#servingListeners) listener(this.#http, model);
  }

  #setConnected(connected: boolean): void {
    this.#connected = connected;
    for (const listener of this.#readyListeners) listener();
  }

  #stop(exitCode: number, reason?: string): Promise<void> {
    this.#stopping ??= this.#shutDown(exitCode, reason).then(
      () => this.#stopped.resolve(reason === undefined ? { exitCode } : { exitCode, reason }),
      (error: unknown) => this.#stopped.resolve({ exitCode: 1, reason: `the shutdown failed: ${String(error)}` }),
    );
    return this.#stopping;
  }

  async #shutDown(exitCode: number, reason: string | undefined): Promise<void> {
    const { drainMs } = this.#config.shutdown;
    if (reason !== undefined) this.#log.error({ reason }, 'The proxy stops');
    const regions = [...(this.#serving?.running.regions.values() ?? [])];
    if (exitCode !== 0)
      for (const region of regions) region.drop({ code: Code.UNAVAILABLE, message: reason ?? 'the proxy stops' });
    const end = performance.now() + drainMs;
    await this.#http?.close(drainMs);
    await Promise.all(regions.map((region) => region.drain(Math.max(0, end - performance.now()))));
    this.#userFunction.close();
    this.#admin?.close();
    this.#metricsServer?.close();
    await this.#ownership.release();
    await this.#driver.close({ drainMs });
  }
}
