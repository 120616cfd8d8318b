import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { StoreObserver } from '../persistence/measured-driver.ts';
import type { EntityService, ServiceMethod } from '../protocol/service-model.ts';
import { Code } from '../transport/call.ts';
import { EntityFamilies, type EntityMetrics } from './entity-metrics.ts';
import { CounterFamily, type Distribution, GaugeFamily, HistogramFamily, type Tally } from './instruments.ts';

/** How a call came in. */
export type Way = 'grpc' | 'grpc-web' | 'connect' | 'http' | 'event-log';

/** What only the running proxy knows: asked whenever the metrics are read. */
export interface LiveFigures {
  isReady(): boolean;
  /** The live entities of each service. */
  entities(): Iterable<readonly [service: EntityService, live: number]>;
  stashBytes(): number;
  effects(): { readonly running: number; readonly waiting: number };
  stores(): Iterable<StoreFacts & { readonly up: boolean }>;
  consumers(): Iterable<ConsumerFacts>;
}

export interface ConsumerFacts {
  readonly eventLog: string;
  readonly group: string;
  readonly lagMs: number;
  readonly parked: number;
}

export interface StoreFacts {
  /** Its name in the configuration. */
  readonly store: string;
  readonly driver: string;
  readonly product: string;
  readonly version: string;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const NAMES = Object.fromEntries(Object.entries(Code).map(([name, code]) => [code, name])) as Record<Code, string>;
/** The name of whatever callers ask for that does not exist. */
const UNKNOWN = 'unknown';
const BATCH = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/**
 * The proxy's metrics: of entities under the reference's names (protocol-spec §9.6), the others under `stategate_`. Label values
 * come from closed sets: the specification, the configuration, the codes of gRPC and of store errors. Never an entity id.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #entities = new EntityFamilies(this.#registry);
  readonly #calls = this.#counter(
    'calls_total',
    'Calls that ended, those that were refused included: what is no method of the user function has `unknown` as service and method',
    ['way', 'service', 'method', 'code'],
  );
  readonly #callSeconds = this.#histogram(
    'call_seconds',
    'From the arrival of a call that was not refused to its end, as long as a stream for a streamed one',
    ['way', 'service', 'method'],
    SECONDS,
  );
  readonly #runningCalls = this.#gauge('running_calls', 'Calls that have not ended', ['way']);
  readonly #userFunctionCalls = this.#counter('user_function_calls_total', 'Calls of the user function that ended', [
    'path',
    'code',
  ]);
  readonly #userFunctionSeconds = this.#histogram(
    'user_function_call_seconds',
    'Duration of calls of the user function: of an entity, how long its stream was open',
    ['path'],
    SECONDS,
  );
  readonly #userFunctionOpen = this.#gauge(
    'user_function_open_calls',
    'Calls of the user function that have not ended',
    ['path'],
  );
  readonly #storeSeconds = this.#histogram(
    'store_operation_seconds',
    'Duration of calls of the store; one call carries a batch of requests',
    ['store', 'operation'],
    SECONDS,
  );
  readonly #storeBatch = this.#histogram(
    'store_batch_requests',
    'Requests in one call of the store',
    ['store', 'operation'],
    BATCH,
  );
  readonly #storeRequests = this.#counter(
    'store_requests_total',
    'Requests to the store: `ok` or the code of the error',
    ['store', 'operation', 'outcome'],
  );
  readonly #droppedEffects = this.#counter(
    'dropped_side_effects_total',
    'Asynchronous side effects that were dropped because too many waited',
    [],
  ).of({});
  readonly #events = this.#counter(
    'consumed_events_total',
    'Events for consumers: `delivered`, `failed` (answered with a failure), `retried` (once for each time), `parked`, `held` (behind a parked one)',
    ['event_log', 'group', 'outcome'],
  );
  readonly contentType = this.#registry.contentType;

  constructor(version: string) {
    this.#gauge('build_info', 'Always 1', ['version']).of({ version }).add();
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Shows the figures of the proxy too, from now on. */
  watch(live: LiveFigures): void {
    this.#liveGauge('ready', 'Whether commands are served', [], () => [[{}, Number(live.isReady())]]);
    this.#liveGauge('live_entities', 'Entities in memory', ['kind', 'entity_name'], () =>
      [...live.entities()].map(([{ kind, persistenceId }, count]) => [{ kind, entity_name: persistenceId }, count]),
    );
    this.#liveGauge('stash_bytes', 'Bytes of the commands that wait', [], () => [[{}, live.stashBytes()]]);
    this.#liveGauge('side_effects', 'Asynchronous side effects on their way', ['state'], () =>
      Object.entries(live.effects()).map(([state, count]) => [{ state }, count]),
    );
    this.#liveGauge('store_up', 'Whether the store answered when it was last asked', ['store'], () =>
      [...live.stores()].map(({ store, up }) => [{ store }, Number(up)]),
    );
    const consumerGauge = (name: string, help: string, valueOf: (consumer: ConsumerFacts) => number): void =>
      this.#liveGauge(name, help, ['event_log', 'group'], () =>
        [...live.consumers()].map((one) => [{ event_log: one.eventLog, group: one.group }, valueOf(one)]),
      );
    consumerGauge('event_lag_seconds', 'Age of the oldest event that is being delivered', ({ lagMs }) => lagMs / 1000);
    consumerGauge('parked_events', 'Events that wait until something is done about them', ({ parked }) => parked);
    this.#liveGauge('store_info', 'Always 1', ['store', 'driver', 'product', 'version'], () =>
      [...live.stores()].map(({ store, driver, product, version: server }) => [
        { store, driver, product, version: server },
        1,
      ]),
    );
  }

  ofEntities(service: EntityService): EntityMetrics {
    return this.#entities.of(service);
  }

  /** Counts the calls that come in one way. */
  ofCalls(way: Way): CallMetrics {
    const running = this.#runningCalls.of({ way });
    const methods = new Map<ServiceMethod, { readonly seconds: Distribution; readonly codes: Map<Code, Tally> }>();
    return {
      began: () => running.add(),
      ended: (method, code, durationMs) => {
        running.add(-1);
        const labels = { way, service: method.service.name, method: method.name };
        const known = getOr(methods, method, () => ({ seconds: this.#callSeconds.of(labels), codes: new Map() }));
        known.seconds.observe(durationMs / 1000);
        getOr(known.codes, code, () => this.#calls.of({ ...labels, code: NAMES[code] })).add();
      },
      refused: (method, code) => {
        const [service, name] = method === undefined ? [UNKNOWN, UNKNOWN] : [method.service.name, method.name];
        this.#calls.of({ way, service, method: name, code: NAMES[code] }).add();
      },
    };
  }

  userFunctionCallBegan(path: string): void {
    this.#userFunctionOpen.of({ path }).add();
  }

  userFunctionCallEnded(path: string, code: Code, durationMs: number): void {
    this.#userFunctionOpen.of({ path }).add(-1);
    this.#userFunctionCalls.of({ path, code: NAMES[code] }).add();
    this.#userFunctionSeconds.of({ path }).observe(durationMs / 1000);
  }

  ofStore(store: string): StoreObserver {
    return (operation, durationMs, outcomes) => {
      this.#storeSeconds.of({ store, operation }).observe(durationMs / 1000);
      this.#storeBatch.of({ store, operation }).observe(outcomes.length);
      for (const outcome of outcomes) this.#storeRequests.of({ store, operation, outcome }).add();
    };
  }

  eventConsumed(eventLog: string, group: string, outcome: string): void {
    this.#events.of({ event_log: eventLog, group, outcome }).add();
  }

  effectDropped(): void {
    this.#droppedEffects.add();
  }

  /** The Prometheus text format 0.0.4; of these metrics or samples only, when there are any. */
  async render(names: ReadonlySet<string>): Promise<string> {
    const text = await this.#registry.metrics();
    return names.size === 0 ? text : only(text, names);
  }

  /** What there is, for the documentation. */
  describe(): readonly MetricDescription[] {
    return this.#registry.getMetricsAsArray().map((metric) => {
      const { name, help, type, labelNames } = metric as unknown as MetricDescription;
      return { name, help, type, labelNames };
    });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): CounterFamily<Label> {
    return new CounterFamily(this.#registry, { name: `stategate_${name}`, help, labelNames });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): GaugeFamily<Label> {
    return new GaugeFamily(this.#registry, { name: `stategate_${name}`, help, labelNames });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: readonly number[],
  ): HistogramFamily<Label> {
    return new HistogramFamily(this.#registry, { name: `stategate_${name}`, help, labelNames, buckets });
  }

  #liveGauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    samples: () => Iterable<readonly [labels: Partial<Record<Label, string>>, value: number]>,
  ): void {
    new Gauge({
      name: `stategate_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) this.set(labels, value);
      },
    });
  }
}

/** Counts a call that ended before it became a command; without a method when what it asks for is none. */
export type CountRefused = (method: ServiceMethod | undefined, code: Code) => void;

export interface CallMetrics {
  began(): void;
  ended(method: ServiceMethod, code: Code, durationMs: number): void;
  refused: CountRefused;
}

export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}

/** Metrics that are named whole, and single samples (`x_count`) under their head. */
function only(text: string, names: ReadonlySet<string>): string {
  const metrics = text.trimEnd().split('\n\n');
  const kept = metrics.flatMap((metric) => {
    const [help = '', type = '', ...samples] = metric.split('\n');
    const wanted = names.has(help.split(' ')[2] ?? '')
      ? samples
      : samples.filter((sample) => names.has(/^[^{ ]+/.exec(sample)?.[0] ?? ''));
    return wanted.length === 0 ? [] : [[help, type, ...wanted].join('\n')];
  });
  return kept.map((metric) => `${metric}\n`).join('\n');
}
