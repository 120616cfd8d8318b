import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted about entities. Label values come from the user function's persistence ids: a closed set. */
export interface EntityMetrics {
  activated(): void;
  ended(): void;
  recovered(durationMs: number): void;
  commandSent(): void;
  persisted(durationMs: number): void;
  failed(): void;
}

/** The proxy's metrics under the reference's names (protocol-spec §9.6), and ours under `stategate_`. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #activated = this.#counter('activated_entities_total', 'Entities that came to life');
  readonly #passivated = this.#counter('passivated_entities_total', 'Entities that left memory');
  readonly #failed = this.#counter('failed_entities_total', 'Entities that ended by a failure');
  readonly #received = this.#counter('received_commands_total', 'Commands sent to the user function');
  readonly #recovery = this.#histogram('recovery_time_seconds', 'From activation to the end of the replay');
  readonly #persist = this.#histogram('persist_time_seconds', 'Writing what one command asked to store');
  readonly #storeErrors = new Counter({
    name: 'stategate_store_errors_total',
    help: 'Calls of the store that failed, by error code',
    labelNames: ['code'],
    registers: [this.#registry],
  });
  readonly #droppedEffects = new Counter({
    name: 'stategate_dropped_side_effects_total',
    help: 'Asynchronous side effects that were dropped because too many waited',
    registers: [this.#registry],
  });
  readonly contentType = this.#registry.contentType;

  forEntity(persistenceId: string): EntityMetrics {
    const labels = { entity_name: persistenceId };
    return {
      activated: () => this.#activated.inc(labels),
      ended: () => this.#passivated.inc(labels),
      recovered: (durationMs) => this.#recovery.observe(labels, durationMs / 1000),
      commandSent: () => this.#received.inc(labels),
      persisted: (durationMs) => this.#persist.observe(labels, durationMs / 1000),
      failed: () => this.#failed.inc(labels),
    };
  }

  storeFailed(code: string): void {
    this.#storeErrors.inc({ code });
  }

  effectDropped(): void {
    this.#droppedEffects.inc();
  }

  /** Asked whenever the metrics are read. */
  liveEntities(count: () => number): void {
    new Gauge({
      name: 'stategate_live_entities',
      help: 'Entities in memory',
      registers: [this.#registry],
      collect() {
        this.set(count());
      },
    });
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter(name: string, help: string): Counter<'entity_name'> {
    return new Counter({
      name: `cloudstate_eventsourced_${name}`,
      help,
      labelNames: ['entity_name'],
      registers: [this.#registry],
    });
  }

  #histogram(name: string, help: string): Histogram<'entity_name'> {
    return new Histogram({
      name: `cloudstate_eventsourced_${name}`,
      help,
      labelNames: ['entity_name'],
      registers: [this.#registry],
    });
  }
}
