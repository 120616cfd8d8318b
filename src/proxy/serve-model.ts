import { type Driver, type Fence, isStoreError } from '@stategate/journal-spi';
import type { ProxyConfig } from './config/index.ts';
import { CrdtEntity } from './entities/crdt/crdt-entity.ts';
import type { CrdtStorage } from './entities/crdt/kind.ts';
import { Entity, type EntityEvents } from './entities/entity.ts';
import type { EntityKindCodec, EntityStorage, EventsWrite, ValueWriteRequest } from './entities/kind.ts';
import { type EntityRegion, Region } from './entities/region.ts';
import type { StashBudget } from './entities/stash.ts';
import type { ConsumerOptions } from './eventing/consumer.ts';
import { type EventConsumer, readConsumers } from './eventing/consumers.ts';
import { EventConsumers } from './eventing/event-consumers.ts';
import { CrdtEntityStorage } from './persistence/crdt-storage.ts';
import { EventSourcedStorage } from './persistence/event-sourced-storage.ts';
import { Limiter } from './persistence/limiter.ts';
import { SnapshotPolicy } from './persistence/snapshot-policy.ts';
import { storeStatus } from './persistence/store-status.ts';
import { entityStores, type EntityStores, type OpenStores } from './persistence/stores.ts';
import { ValueEntityStorage } from './persistence/value-entity-storage.ts';
import { ActionClientCall } from './protocol/action-client.ts';
import { crdtCodec } from './protocol/crdt-codec.ts';
import { eventSourcedCodec } from './protocol/event-sourced-codec.ts';
import type { EntityService, ServiceModel } from './protocol/service-model.ts';
import type { UserFunction } from './protocol/user-function.ts';
import { valueEntityCodec } from './protocol/value-entity-codec.ts';
import { EffectRunner } from './routing/effects.ts';
import { Router } from './routing/router.ts';
import { type Logger, RepeatedWarnings } from './telemetry/logger.ts';
import { UNMEASURED } from './telemetry/entity-metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Status } from './transport/call.ts';

/** Mistakes of the user function that it is being told of at one time. */
const REPORTS_MAX = 20;

export interface ModelEnvironment {
  readonly config: ProxyConfig;
  readonly stores: OpenStores;
  readonly namespace: string;
  readonly fenceOf: (driver: Driver) => Fence;
  readonly userFunction: UserFunction;
  readonly log: Logger;
  /** Absent when nothing is measured. */
  readonly metrics: Metrics | undefined;
  /** Why commands cannot be taken now. */
  readonly refusal: () => Status | undefined;
  /** Another process has taken over. */
  readonly onFenced: (error: Error) => void;
}

export interface RunningModel {
  readonly router: Router;
  readonly regions: ReadonlyMap<string, EntityRegion>;
  readonly effects: EffectRunner;
  readonly stash: StashBudget;
  /** Not started yet. */
  readonly consumers: EventConsumers;
}

/**
 * Puts together what one specification of the user function needs: its entities, their stores, the router between them. Throws
 * `DiscoveryError` for events that cannot be consumed.
 */
export function runModel(model: ServiceModel, environment: ModelEnvironment): RunningModel {
  const { config, stores, userFunction, log, metrics } = environment;
  const keeperOf = (persistenceId: string): EntityService | undefined =>
    [...model.services.values()].find((one) => one.kind === 'event-sourced' && one.persistenceId === persistenceId);
  const consumers = readConsumers(model, (persistenceId) => stores.of(keeperOf(persistenceId)?.name ?? '').journal);
  const warnings = new RepeatedWarnings((facts, message) => log.warn(facts, message));
  const storesOf = entityStores(stores, environment.namespace, environment.fenceOf, config.entities.relayTimeoutMs);
  const openStorage = storages(environment, storesOf, warnings);
  const stash: StashBudget = {
    bytes: 0,
    maxBytes: config.entities.stashMaxBytes,
    maxCommands: config.entities.stashMax,
  };
  const limiter = new Limiter(
    Math.min(...[...stores.named.values()].map(({ tuning }) => tuning.maxConcurrentRecoveries)),
  );

  let reports = 0;
  const reportError = (message: string): void => {
    // A user function that makes mistakes faster than it listens hears of some of them.
    if (reports === REPORTS_MAX) return;
    reports += 1;
    warnings.warn(message, {});
    void userFunction.reportError(message).then(() => (reports -= 1));
  };
  const shared = (service: EntityService) => ({
    serviceName: service.name,
    connection: userFunction.connection,
    admit: (recovery: () => Promise<void>) => limiter.run(recovery),
    storeStatus,
    stash,
    passivationTimeoutMs: service.passivationTimeoutMs ?? config.entities.passivationTimeoutMs,
    commandTimeoutMs: config.userFunction.commandTimeoutMs,
    closeGraceMs: config.userFunction.closeGraceMs,
    events: entityEvents(service, environment, warnings),
  });
  const region = <Write>(
    service: EntityService,
    codec: EntityKindCodec<Write>,
    open: (entityId: string) => EntityStorage<Write>,
  ): EntityRegion => {
    const entities = { ...shared(service), codec, openStorage: open };
    return new Region((id, onEnd) => new Entity(id, entities, onEnd));
  };
  const crdtRegion = (service: EntityService): EntityRegion => {
    const entities = { ...shared(service), codec: crdtCodec, openStorage: openStorage.crdt(service), reportError };
    return new Region((id, onEnd) => new CrdtEntity(id, entities, onEnd));
  };

  const regions = new Map<string, EntityRegion>();
  for (const service of model.services.values()) {
    if (service.kind === 'event-sourced') {
      regions.set(service.name, region(service, eventSourcedCodec, openStorage.eventSourced(service)));
    } else if (service.kind === 'value') {
      regions.set(service.name, region(service, valueEntityCodec, openStorage.value(service)));
    } else if (service.kind === 'crdt') {
      regions.set(service.name, crdtRegion(service));
    }
  }
  const effects = new EffectRunner(config.entities.effectsMax, (dropped) => {
    metrics?.effectDropped();
    warnings.warn('Side effects were dropped: too many wait', { dropped, effectsMax: config.entities.effectsMax });
  });
  const router = new Router({
    model,
    regions,
    openAction: (method, metadata, answers, onDrain) =>
      new ActionClientCall(userFunction.connection, method, metadata, answers, onDrain),
    effects,
    forwardMax: config.entities.forwardMax,
    relayTimeoutMs: config.entities.relayTimeoutMs,
    refusal: environment.refusal,
    reportError,
  });
  for (const { persistenceId, group } of consumers) {
    if (keeperOf(persistenceId) === undefined)
      log.warn({ eventLog: persistenceId, group }, 'No event sourced entity has the persistence id that is consumed');
  }
  const optionsOf = (consumer: EventConsumer): Omit<ConsumerOptions, 'router'> =>
    consumerOptions(consumer, storesOf(keeperOf(consumer.persistenceId)?.name ?? ''), environment, warnings);
  return { router, regions, effects, stash, consumers: new EventConsumers(consumers, optionsOf) };
}

function consumerOptions(
  { persistenceId, group }: EventConsumer,
  { journal: { feed, journal }, besideJournal }: EntityStores,
  { config, namespace, metrics, log, onFenced }: ModelEnvironment,
  warnings: RepeatedWarnings,
): Omit<ConsumerOptions, 'router'> {
  if (feed === undefined) throw new Error('a consumer of a store without a feed was not refused');
  const timeoutMs = config.entities.relayTimeoutMs;
  return {
    ...config.eventing,
    feed,
    journal,
    progress: { ...besideJournal, namespace, timeoutMs },
    timeoutMs,
    count: (outcome) => metrics?.eventConsumed(persistenceId, group, outcome),
    warn: (message, facts) => warnings.warn(message, facts),
    onParked: (event) =>
      log.warn(
        { eventLog: persistenceId, group, ...event },
        'An event was parked: the later events of its entity wait',
      ),
    onStoreFailed(error) {
      warnings.warn('Events cannot be consumed: the store failed', { eventLog: persistenceId, group, err: error });
      if (isStoreError(error) && error.code === 'Fenced') onFenced(error);
    },
  };
}

function storages(
  { config, namespace, metrics }: ModelEnvironment,
  storesOf: (serviceName: string) => EntityStores,
  warnings: RepeatedWarnings,
) {
  const timeoutMs = config.entities.relayTimeoutMs;
  return {
    eventSourced(service: EntityService): (entityId: string) => EntityStorage<EventsWrite> {
      const { name, persistenceId } = service;
      const { log, journal } = storesOf(name);
      const measured = metrics?.ofEntities(service) ?? UNMEASURED;
      const policy = new SnapshotPolicy(journal.tuning.snapshotEvery, config.snapshots.policy === 'always');
      return (entityId) =>
        new EventSourcedStorage(log, { namespace, persistenceId, entityId }, policy, measured, (error) => {
          warnings.warn('Error saving snapshot', { persistenceId, entityId, err: error });
        });
    },
    crdt({ name, persistenceId }: EntityService): (entityId: string) => CrdtStorage {
      const collection = { ...storesOf(name).crdts, persistenceId };
      return (entityId) => new CrdtEntityStorage(collection, entityId);
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
  const measured = metrics?.ofEntities(service) ?? UNMEASURED;
  return {
    ...measured,
    failed(entityId, text, details) {
      measured.failed();
      warnings.warn(text, { service: service.name, entityId, details });
    },
    storeFailed(error) {
      warnings.warn('The store failed', { service: service.name, err: error });
      if (isStoreError(error) && error.code === 'Fenced') onFenced(error);
    },
  };
}
