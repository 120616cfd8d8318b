import { type Registry, Summary } from 'prom-client';
import type { EntityEvents } from '../entities/entity.ts';
import type { StorageEvents } from '../persistence/event-sourced-storage.ts';
import type { EntityService } from '../protocol/service-model.ts';
import { CounterFamily, HistogramFamily } from './instruments.ts';

/** What is measured of the entities of one service. */
export interface EntityMetrics extends Omit<EntityEvents, 'failed' | 'storeFailed'>, StorageEvents {
  failed(): void;
}

type Stateful = 'event-sourced' | 'value' | 'crdt';

/** The reference proxy measures event sourced entities alone: these keep its names, the others have the same ones under our own prefix. */
const PREFIXES: Readonly<Record<Stateful, string>> = {
  'event-sourced': 'cloudstate_eventsourced_',
  value: 'stategate_value_',
  crdt: 'stategate_crdt_',
};

/** The reference's: 5 ms to 10 s. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The metrics of entities by kind, with the persistence id as their only label: a set that the user function closes. */
export class EntityFamilies {
  readonly #families: Readonly<Record<Stateful, (entityName: string) => EntityMetrics>>;

  constructor(registry: Registry) {
    this.#families = {
      'event-sourced': family(registry, 'event-sourced'),
      value: family(registry, 'value'),
      crdt: family(registry, 'crdt'),
    };
  }

  of({ kind, persistenceId }: EntityService): EntityMetrics {
    return kind === 'action' ? UNMEASURED : this.#families[kind](persistenceId);
  }
}

function family(registry: Registry, kind: Stateful): (entityName: string) => EntityMetrics {
  const definition = (name: string, help: string) =>
    ({ name: `${PREFIXES[kind]}${name}`, help, labelNames: ['entity_name'] }) as const;
  const counter = (name: string, help: string) => new CounterFamily(registry, definition(name, help));
  const seconds = (name: string, help: string) =>
    new HistogramFamily(registry, { ...definition(name, help), buckets: SECONDS });

  const activated = counter('activated_entities_total', 'Entities that came to life, restarts included');
  const passivated = counter('passivated_entities_total', 'Entities that left memory, for any reason');
  const activeTime = new Summary({
    ...definition('entity_active_time_seconds', 'From activation to the end'),
    registers: [registry],
    percentiles: [0.5, 0.95, 0.99, 1],
    maxAgeSeconds: 60,
    ageBuckets: 6,
  });
  const failed = counter('failed_entities_total', 'Entities that ended by a failure');
  const recovery = seconds('recovery_time_seconds', 'From activation to the end of the replay');
  const received = counter('received_commands_total', 'Commands that came, those that had to wait included');
  const stashed = counter('stashed_commands_total', 'Commands that had to wait for their turn');
  const unstashed = counter('unstashed_commands_total', 'Commands that had waited and were sent to the user function');
  const stashTime = seconds('command_stash_time_seconds', 'How long commands waited that had to');
  const processing = seconds(
    'command_processing_time_seconds',
    'From sending a command to the reply of the user function',
  );
  const failedCommands = counter(
    'failed_commands_total',
    'Commands that the user function failed, or its stream or the store with them',
  );
  const completed = counter('completed_commands_total', 'Commands whose reply went to the caller, and was no failure');
  const total = seconds('command_total_time_seconds', 'From the arrival of a completed command to its reply');
  const persist = seconds('persist_time_seconds', 'Writing what one command asked to store');
  const stored = kind === 'event-sourced' ? storageFamily(counter) : () => UNMEASURED;

  return (entityName) => {
    const labels = { entity_name: entityName };
    const counts = {
      activated: activated.of(labels),
      passivated: passivated.of(labels),
      failed: failed.of(labels),
      received: received.of(labels),
      stashed: stashed.of(labels),
      unstashed: unstashed.of(labels),
      failedCommands: failedCommands.of(labels),
      completed: completed.of(labels),
    };
    const times = {
      recovery: recovery.of(labels),
      stash: stashTime.of(labels),
      processing: processing.of(labels),
      total: total.of(labels),
      persist: persist.of(labels),
    };
    return {
      ...stored(entityName),
      activated: () => counts.activated.add(),
      recovered: (durationMs) => times.recovery.observe(durationMs / 1000),
      commandReceived(waits) {
        counts.received.add();
        if (waits) counts.stashed.add();
      },
      commandSent(waitedMs) {
        if (waitedMs === undefined) return;
        counts.unstashed.add();
        times.stash.observe(waitedMs / 1000);
      },
      commandProcessed: (durationMs) => times.processing.observe(durationMs / 1000),
      commandCompleted(durationMs) {
        counts.completed.add();
        times.total.observe(durationMs / 1000);
      },
      commandFailed: () => counts.failedCommands.add(),
      persisted: (durationMs) => times.persist.observe(durationMs / 1000),
      failed: () => counts.failed.add(),
      ended(activeMs) {
        counts.passivated.add();
        activeTime.observe(labels, activeMs / 1000);
      },
    };
  };
}

/** Events and snapshots, which only event sourced entities have. */
function storageFamily(
  counter: (name: string, help: string) => CounterFamily<'entity_name'>,
): (entityName: string) => StorageEvents {
  const pair = (verb: string, what: string, done: string) => {
    const items = counter(`${verb}_${what}s_total`, `${done}: ${what}s`);
    const bytes = counter(`${verb}_${what}_bytes_total`, `${done}: bytes of ${what}s, as google.protobuf.Any`);
    return (labels: { readonly entity_name: string }) => {
      const [ofItems, ofBytes] = [items.of(labels), bytes.of(labels)];
      return (count: number, size: number): void => {
        ofItems.add(count);
        ofBytes.add(size);
      };
    };
  };
  const persistedEvents = pair('persisted', 'event', 'Stored');
  const loadedEvents = pair('loaded', 'event', 'Read at a recovery');
  const persistedSnapshots = pair('persisted', 'snapshot', 'Given to the store');
  const loadedSnapshots = pair('loaded', 'snapshot', 'Read at a recovery');
  return (entityName) => {
    const labels = { entity_name: entityName };
    const [persisted, loaded] = [persistedSnapshots(labels), loadedSnapshots(labels)];
    return {
      eventsPersisted: persistedEvents(labels),
      eventsLoaded: loadedEvents(labels),
      snapshotPersisted: (bytes) => persisted(1, bytes),
      snapshotLoaded: (bytes) => loaded(1, bytes),
    };
  };
}

const nothing = (): void => undefined;

/** For a proxy without metrics. */
export const UNMEASURED: EntityMetrics = {
  activated: nothing,
  recovered: nothing,
  commandReceived: nothing,
  commandSent: nothing,
  commandProcessed: nothing,
  commandCompleted: nothing,
  commandFailed: nothing,
  persisted: nothing,
  failed: nothing,
  ended: nothing,
  eventsPersisted: nothing,
  eventsLoaded: nothing,
  snapshotPersisted: nothing,
  snapshotLoaded: nothing,
};
