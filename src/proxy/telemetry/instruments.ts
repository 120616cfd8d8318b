import type { Metric, Registry } from 'prom-client';

interface Definition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * Metrics of what every command passes: one child for each set of labels, which is looked up once and then costs an addition.
 * Those of prom-client look the labels up each time, 100 to 300 ns; it renders these too.
 */
abstract class Family<Label extends string, Child> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  abstract readonly type: 'counter' | 'gauge' | 'histogram';
  readonly #children = new Map<string, { readonly labels: Readonly<Record<Label, string>>; readonly child: Child }>();

  constructor(registry: Registry, { name, help, labelNames }: Definition<Label>) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
    // What a registry asks of a metric is here; the type wants a class of prom-client's own.
    registry.registerMetric(this as unknown as Metric);
  }

  of(labels: Readonly<Record<Label, string>>): Child {
    const key = JSON.stringify(this.labelNames.map((name) => labels[name]));
    let known = this.#children.get(key);
    if (known === undefined) this.#children.set(key, (known = { labels, child: this.create() }));
    return known.child;
  }

  async get() {
    const values = [...this.#children.values()].flatMap(({ labels, child }) => this.samples(labels, child));
    return { name: this.name, help: this.help, type: this.type, aggregator: 'sum', values };
  }

  protected abstract create(): Child;
  protected abstract samples(labels: Readonly<Record<Label, string>>, child: Child): readonly Sample[];
}

export class Tally {
  total = 0;

  /** Below 0 for what can become less. */
  add(count = 1): void {
    this.total += count;
  }
}

abstract class TallyFamily<Label extends string> extends Family<Label, Tally> {
  protected create(): Tally {
    return new Tally();
  }

  protected samples(labels: Readonly<Record<Label, string>>, { total }: Tally): readonly Sample[] {
    return [{ metricName: this.name, labels, value: total }];
  }
}

export class CounterFamily<Label extends string> extends TallyFamily<Label> {
  readonly type = 'counter';
}

export class GaugeFamily<Label extends string> extends TallyFamily<Label> {
  readonly type = 'gauge';
}

export class Distribution {
  readonly #bounds: readonly number[];
  /** For each bound, and one for what is above all of them. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? Infinity)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}

export class HistogramFamily<Label extends string> extends Family<Label, Distribution> {
  readonly type = 'histogram';
  readonly #bounds: readonly number[];

  constructor(registry: Registry, definition: Definition<Label> & { readonly buckets: readonly number[] }) {
    super(registry, definition);
    this.#bounds = definition.buckets;
  }

  protected create(): Distribution {
    return new Distribution(this.#bounds);
  }

  protected samples(labels: Readonly<Record<Label, string>>, { counts, sum }: Distribution): readonly Sample[] {
    let total = 0;
    const buckets = counts.map((count, index): Sample => {
      total += count;
      return {
        metricName: `${this.name}_bucket`,
        labels: { ...labels, le: this.#bounds[index] ?? '+Inf' },
        value: total,
      };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: total },
    ];
  }
}
