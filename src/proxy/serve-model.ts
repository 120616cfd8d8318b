import { type Driver, type Fence, isStoreError } from '@stategate/journal-spi';
import type { ProxyConfig } from './config/index.ts';
import type { EntityEvents } from './entities/entity.ts';
import type { EntityKindCodec, EntityStorage, EventsWrite, ValueWriteRequest } from './entities/kind.ts';
import { type EntityRegion, Region } from './entities/region.ts';
import type { StashBudget } from './entities/stash.ts';
import { EventSourcedStorage } from './persistence/event-sourced-storage.ts';
import { Limiter } from './persistence/limiter.ts';
import { SnapshotPolicy } from './persistence/snapshot-policy.ts';
import { storeStatus } from './persistence/store-status.ts';
import { entityStores, type OpenStores } from './persistence/stores.ts';
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
  readonly stores: OpenStores;
  readonly namespace: string;
  readonly fenceOf: (driver: Driver) => Fence;
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
  const { config, stores, userFunction, log, metrics } = environment;
  const warnings = new RepeatedWarnings((facts, message) => log.warn(facts, message));
  const openStorage = storages(environment, warnings);
  const stash: StashBudget = {
    bytes: 0,
    maxBytes: config.entities.stashMaxBytes,
    maxCommands: config.entities.stashMax,
  };
  const limiter = new Limiter(
    Math.min(...[...stores.named.values()].map(({ tuning }) => tuning.maxConcurrentRecoveries)),
  );

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
      regions.set(service.name, region(service, eventSourcedCodec, openStorage.eventSourced(service)));
    } else if (service.kind === 'value') {
      regions.set(service.name, region(service, valueEntityCodec, openStorage.value(service)));
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

function storages({ config, stores, namespace, fenceOf }: ModelEnvironment, warnings: RepeatedWarnings) {
  const timeoutMs = config.entities.relayTimeoutMs;
  const storesOf = entityStores(stores, namespace, fenceOf, timeoutMs);
  return {
    eventSourced({ name, persistenceId }: EntityService): (entityId: string) => EntityStorage<EventsWrite> {
      const { log, journal } = storesOf(name);
      const policy = new SnapshotPolicy(journal.tuning.snapshotEvery, config.snapshots.policy === 'always');
      return (entityId) =>
        new EventSourcedStorage(log, { namespace, persistenceId, entityId }, policy, (error) => {
          warnings.warn('Error saving snapshot', { persistenceId, entityId, err: error });
        });
    },
    value({ name, persistenceId }: EntityService): (entityId: string) => EntityStorage<ValueWriteRequest> {
      const { values, valuesFence } = storesOf(name);
      return (entityId) =>
        new ValueEntityStorage(values, { namespace, collection: persistenceId, key: entityId }, valuesFence, timeoutMs);
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
