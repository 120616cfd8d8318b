import { type Driver, type Fence, isStoreError } from '@stategate/journal-spi';
import { ValueStore } from '@stategate/kv';
import type { ProxyConfig } from './config/index.ts';
import type { EntityEvents } from './entities/entity.ts';
import type { EntityKindCodec, EntityStorage } from './entities/kind.ts';
import { type EntityRegion, Region } from './entities/region.ts';
import type { StashBudget } from './entities/stash.ts';
import { Batcher } from './persistence/batcher.ts';
import { EventLog } from './persistence/event-log.ts';
import { EventSourcedStorage } from './persistence/event-sourced-storage.ts';
import { Limiter } from './persistence/limiter.ts';
import { storeStatus } from './persistence/store-status.ts';
import { ValueEntityStorage } from './persistence/value-entity-storage.ts';
import { callAction } from './protocol/action-client.ts';
import { eventSourcedCodec } from './protocol/event-sourced-codec.ts';
import type { EntityService, ServiceModel } from './protocol/service-model.ts';
import type { UserFunction } from './protocol/user-function.ts';
import { valueEntityCodec } from './protocol/value-entity-codec.ts';
import { EffectRunner } from './routing/effects.ts';
import { Router } from './routing/router.ts';
import { type Logger, RepeatedWarnings } from './telemetry/logger.ts';
import type { Metrics } from './telemetry/metrics.ts';

export interface ModelEnvironment {
  readonly config: ProxyConfig;
  readonly driver: Driver;
  readonly fence: Fence;
  readonly userFunction: UserFunction;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly isConnected: () => boolean;
  /** Another process has taken over. */
  readonly onFenced: (error: Error) => void;
}

export interface RunningModel {
  readonly router: Router;
  readonly regions: ReadonlyMap<string, EntityRegion>;
}

/** Puts together what one specification of the user function needs: its entities, their stores, the router between them. */
export function runModel(model: ServiceModel, environment: ModelEnvironment): RunningModel {
  const { config, driver, userFunction, log, metrics } = environment;
  const warnings = new RepeatedWarnings((facts, message) => log.warn(facts, message));
  const openStorage = storages(environment, warnings);
  const stash: StashBudget = {
    bytes: 0,
    maxBytes: config.entities.stashMaxBytes,
    maxCommands: config.entities.stashMax,
  };
  const limiter = new Limiter(driver.tuning.maxConcurrentRecoveries);

  const region = <Write>(
    service: EntityService,
    codec: EntityKindCodec<Write>,
    open: (entityId: string) => EntityStorage<Write>,
  ): EntityRegion =>
    new Region<Write>({
      serviceName: service.name,
      codec,
      connection: userFunction.connection,
      openStorage: open,
      admit: (recovery) => limiter.run(recovery),
      storeStatus,
      stash,
      passivationTimeoutMs: service.passivationTimeoutMs ?? config.entities.passivationTimeoutMs,
      commandTimeoutMs: config.userFunction.commandTimeoutMs,
      closeGraceMs: config.userFunction.closeGraceMs,
      events: entityEvents(service, environment, warnings),
    });

  const regions = new Map<string, EntityRegion>();
  for (const service of model.services.values()) {
    if (service.kind === 'event-sourced') {
      regions.set(
        service.name,
        region(service, eventSourcedCodec, (id) => openStorage.eventSourced(service, id)),
      );
    } else if (service.kind === 'value') {
      regions.set(
        service.name,
        region(service, valueEntityCodec, (id) => openStorage.value(service, id)),
      );
    }
  }
  const router = new Router({
    model,
    regions,
    callAction: (action, done) => callAction(userFunction.connection, action, done),
    effects: new EffectRunner(config.entities.effectsMax, (dropped) => {
      metrics.effectDropped();
      warnings.warn('Side effects were dropped: too many wait', { dropped, effectsMax: config.entities.effectsMax });
    }),
    forwardMax: config.entities.forwardMax,
    relayTimeoutMs: config.entities.relayTimeoutMs,
    isReachable: environment.isConnected,
    reportError(message) {
      warnings.warn(message, {});
      void userFunction.reportError(message);
    },
  });
  return { router, regions };
}

function storages({ config, driver, fence }: ModelEnvironment, warnings: RepeatedWarnings) {
  const { namespace } = config.store;
  const timeoutMs = config.entities.relayTimeoutMs;
  const log = new EventLog(driver, timeoutMs);
  const puts = new Batcher(
    (group: Parameters<typeof driver.keyValue.putMany>[0]) =>
      driver.keyValue.putMany(group, { deadline: performance.now() + timeoutMs }),
    driver.tuning.groupMax,
  );
  const values = new ValueStore(driver.keyValue, (request) => puts.submit(request));
  return {
    eventSourced(service: EntityService, entityId: string) {
      const stream = { namespace, persistenceId: service.persistenceId, entityId };
      return new EventSourcedStorage(log, stream, fence, (error) => {
        warnings.warn('Error saving snapshot', { persistenceId: service.persistenceId, entityId, err: error });
      });
    },
    value(service: EntityService, entityId: string) {
      const key = { namespace, collection: service.persistenceId, key: entityId };
      return new ValueEntityStorage(values, key, fence, timeoutMs);
    },
  };
}

function entityEvents(service: EntityService, environment: ModelEnvironment, warnings: RepeatedWarnings): EntityEvents {
  const { metrics, onFenced } = environment;
  const measured = metrics.forEntity(service.persistenceId);
  return {
    ...measured,
    failed(entityId, text, details) {
      measured.failed();
      warnings.warn(text, { service: service.name, entityId, details });
    },
    storeFailed(error) {
      metrics.storeFailed(isStoreError(error) ? error.code : 'unknown');
      warnings.warn('The store failed', { service: service.name, err: error });
      if (isStoreError(error) && error.code === 'Fenced') onFenced(error);
    },
  };
}
