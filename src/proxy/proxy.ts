import { cloudstate } from '@stategate/protocol';
import { listenApi } from './api-server.ts';
import { listenAdmin, listenMetrics, type SideServer } from './admin/admin-server.ts';
import type { ProxyConfig } from './config/index.ts';
import { watchHeap } from './entities/heap-watch.ts';
import { liveFigures } from './live-figures.ts';
import { StoreHealth } from './persistence/store-health.ts';
import { MAIN_STORE, type OpenStores } from './persistence/stores.ts';
import { DiscoveryError } from './protocol/descriptors.ts';
import { readEntitySpec } from './protocol/discovery.ts';
import type { ServiceModel } from './protocol/service-model.ts';
import { UserFunction } from './protocol/user-function.ts';
import type { CommandRouter } from './routing/command.ts';
import { StoreOwners } from './routing/store-owners.ts';
import { type RunningModel, runModel } from './serve-model.ts';
import { HttpRuleError } from './serving/path-template.ts';
import { createServices, type Services } from './serving/services.ts';
import { type Logger, RepeatedWarnings } from './telemetry/logger.ts';
import type { Metrics, Way } from './telemetry/metrics.ts';
import { observedConnection } from './telemetry/observed-connection.ts';
import { observedRouter } from './telemetry/observed-router.ts';
import type { Tracer } from './telemetry/tracer.ts';
import { Code, type Status } from './transport/call.ts';
import { GrpcJsConnection } from './transport/grpc-js-connection.ts';
import type { HttpServer } from './transport/http-server.ts';
import { VERSION } from './version.ts';

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

/** What a proxy tells the world of itself. */
export interface Telemetry {
  readonly log: Logger;
  readonly metrics: Metrics | undefined;
  readonly tracer: Tracer | undefined;
}

const UNREACHABLE: Status = { code: Code.UNAVAILABLE, message: 'the user function cannot be reached' };
/** Of the time to drain, what is kept for entities when calls have taken theirs: a fifth, and no more than this. */
const PASSIVATION_MS = 1_000;
/** How long a collector may take for the last traces. */
const TRACES_MS = 2_000;

/** What is served now: made anew for each specification. */
interface Serving {
  readonly fingerprint: Buffer;
  readonly model: ServiceModel;
  readonly running: RunningModel;
  readonly services: Services;
}

/** The life of one proxy: from its stores and its user function to its end. `main.ts` makes it. */
export class Proxy implements RunningProxy {
  readonly #config: ProxyConfig;
  readonly #stores: OpenStores;
  readonly #owners: StoreOwners;
  readonly #log: Logger;
  readonly #metrics: Metrics | undefined;
  readonly #tracer: Tracer | undefined;
  readonly #storeHealth: StoreHealth;
  readonly #userFunction: UserFunction;
  readonly #servingListeners: ((api: Address, model: ServiceModel) => void)[] = [];
  readonly #refusedListeners: ((reason: string) => void)[] = [];
  readonly #stopped = Promise.withResolvers<{ exitCode: number; reason?: string }>();
  #admin: SideServer | undefined;
  #metricsServer: SideServer | undefined;
  #http: HttpServer | undefined;
  #serving: Serving | undefined;
  readonly #waiting = Promise.withResolvers<void>();
  readonly #readyListeners = new Set<() => void>();
  #connected = false;
  #refused: string | undefined;
  #stopping: Promise<void> | undefined;
  #unwatchHeap: (() => void) | undefined;

  constructor(config: ProxyConfig, stores: OpenStores, instanceId: string, { log, metrics, tracer }: Telemetry) {
    this.#config = config;
    this.#stores = stores;
    this.#owners = new StoreOwners([...stores.named.values()], config.store.namespace, instanceId, {
      onWaiting: (reason) => {
        log.warn({ reason }, 'Another proxy has the store: waiting');
        this.#waiting.resolve();
      },
      onLost: (error) => this.#onFenced(error),
      onTrouble: (error) => log.warn({ err: error }, 'The lease on the store could not be renewed'),
    });
    this.#log = log;
    this.#metrics = metrics;
    this.#tracer = tracer;
    const drivers = new Map([...stores.named].map(([name, driver]) => [name ?? MAIN_STORE, driver]));
    this.#storeHealth = new StoreHealth(drivers, {
      onChange: (store, { ready, problems }) => {
        if (ready) log.info({ store }, 'The store answers again');
        else log.warn({ store, problems }, 'The store is away');
        this.#tellReadiness();
      },
    });
    const { host, port } = config.userFunction;
    const connection = new GrpcJsConnection({ host, port, maxMessageBytes: config.api.maxMessageBytes });
    this.#userFunction = new UserFunction(metrics ? observedConnection(connection, metrics) : connection, VERSION);
    metrics?.watch(liveFigures(config, stores, this.#storeHealth, () => this.#serving, this));
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

  /** Resolves when the stores are this process's own, or another's for now: then it waits and serves when it gets them. */
  async start(): Promise<void> {
    try {
      await this.#listen();
      const owned = this.#owners.own().then(() => this.#connect());
      await Promise.race([owned, this.#waiting.promise]);
      owned.catch((error: unknown) => this.#stop(1, String(error)));
    } catch (error) {
      await this.#stop(1);
      throw error;
    }
  }

  async #listen(): Promise<void> {
    const { admin, metrics } = this.#config;
    this.#admin = await listenAdmin(admin.host, admin.port, this);
    if (this.#metrics !== undefined)
      this.#metricsServer = await listenMetrics(metrics.host, metrics.port, this.#metrics);
  }

  #onFenced(error: Error): void {
    void this.#stop(1, `another process has taken over: ${error.message}`);
  }

  #connect(): void {
    const { userFunction, entities } = this.#config;
    if (this.#stopping !== undefined) return;
    this.#storeHealth.start();
    const warnings = new RepeatedWarnings((facts, message) => this.#log.warn(facts, message));
    this.#unwatchHeap = watchHeap(
      entities.maxHeap,
      () => this.#serving?.running.regions.values() ?? [],
      (passivated) => warnings.warn('The heap is nearly full: idle entities leave memory early', { passivated }),
    );
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
    if (this.#owners.waitingFor !== undefined) return this.#owners.waitingFor;
    if (this.#refused !== undefined) return `the user function was refused: ${this.#refused}`;
    const storeProblem = this.#storeHealth.problem();
    if (storeProblem !== null) return storeProblem;
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
      this.#consumeEvents(this.#serving.running);
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
      if (this.#serving !== undefined) this.#consumeEvents(this.#serving.running);
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
      stores: this.#stores,
      namespace: this.#config.store.namespace,
      fenceOf: (driver) => this.#owners.fenceOf(driver),
      userFunction: this.#userFunction,
      log: this.#log,
      metrics: this.#metrics,
      // While it drains, the listener decides: what a client began before it heard of the end is still taken.
      refusal: () => (this.#connected ? undefined : UNREACHABLE),
      onFenced: (error) => this.#onFenced(error),
    });
    const services = createServices({
      model,
      router: (way) => this.#observed(running, way),
      countRefused: (way) => this.#metrics?.ofCalls(way).refused ?? (() => undefined),
      readiness: this,
      maxMessageBytes: api.maxMessageBytes,
    });
    await this.#serving?.running.consumers.close(0);
    for (const region of this.#serving?.running.regions.values() ?? []) {
      region.drop({ code: Code.UNAVAILABLE, message: 'the user function was reloaded' });
    }
    this.#serving = { fingerprint, model, running, services };
    const current = (): Services => this.#serving?.services ?? services;
    this.#http ??= await listenApi(api, this.#log, current);
    this.#log.info({ port: this.#http.port, services: [...model.services.keys()] }, 'Serving');
    for (const listener of this.#servingListeners) listener(this.#http, model);
  }

  /** From where they were; what is parked is tried once more. */
  #consumeEvents(running: RunningModel): void {
    void running.consumers.start(this.#observed(running, 'event-log'));
  }

  #observed({ router }: RunningModel, way: Way): CommandRouter {
    return observedRouter(router, { way, log: this.#log, metrics: this.#metrics?.ofCalls(way), tracer: this.#tracer });
  }

  #setConnected(connected: boolean): void {
    this.#connected = connected;
    this.#tellReadiness();
  }

  #tellReadiness(): void {
    for (const listener of this.#readyListeners) listener();
  }

  #stop(exitCode: number, reason?: string): Promise<void> {
    if (this.#stopping !== undefined) return this.#stopping;
    this.#stopping = this.#shutDown(exitCode, reason).then(
      () => this.#stopped.resolve(reason === undefined ? { exitCode } : { exitCode, reason }),
      (error: unknown) => this.#stopped.resolve({ exitCode: 1, reason: `the shutdown failed: ${String(error)}` }),
    );
    this.#tellReadiness();
    return this.#stopping;
  }

  async #shutDown(exitCode: number, reason: string | undefined): Promise<void> {
    const { drainMs } = this.#config.shutdown;
    if (reason !== undefined) this.#log.error({ reason }, 'The proxy stops');
    else this.#log.info({ drainMs }, 'Draining');
    this.#storeHealth.stop();
    this.#unwatchHeap?.();
    const regions = [...(this.#serving?.running.regions.values() ?? [])];
    if (exitCode !== 0)
      for (const region of regions) region.drop({ code: Code.UNAVAILABLE, message: reason ?? 'the proxy stops' });
    for (const region of regions) region.completeStreams();
    const end = performance.now() + drainMs;
    const callsMs = drainMs - Math.min(PASSIVATION_MS, drainMs / 5);
    await Promise.all([this.#http?.close(callsMs), this.#serving?.running.consumers.close(callsMs)]);
    await Promise.all(regions.map((region) => region.drain(Math.max(0, end - performance.now()))));
    this.#userFunction.close();
    await this.#tracer?.close(TRACES_MS);
    this.#admin?.close();
    this.#metricsServer?.close();
    await this.#owners.release();
    await Promise.all([...this.#stores.named.values()].map((driver) => driver.close({ drainMs })));
  }
}
