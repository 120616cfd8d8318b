import parsePrometheusTextFormat, { type ParsedMetric } from 'parse-prometheus-text-format';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** What a proxy's metrics say, read by a parser that is not ours. */
export class Scrape {
  readonly metrics: readonly ParsedMetric[];
  /** By their own names, those of histograms and summaries included. */
  readonly #samples: ReadonlyMap<string, readonly Sample[]>;

  constructor(text: string) {
    this.metrics = parsePrometheusTextFormat(text);
    // Without their types every line stands for itself.
    const lines = parsePrometheusTextFormat(text.replaceAll(/^# TYPE .*\n/gm, '')).flatMap(({ name, metrics }) =>
      metrics.map(({ labels = {}, value }) => ({ name, labels, value: value === '+Inf' ? Infinity : Number(value) })),
    );
    this.#samples = Map.groupBy(lines, ({ name }) => name);
  }

  static async of(port: number, query = ''): Promise<Scrape> {
    return new Scrape(await scrapeText(port, query));
  }

  samples(name: string): readonly Sample[] {
    return this.#samples.get(name) ?? [];
  }

  /** The one sample with exactly these labels; 0 when there is none. */
  value(name: string, labels: Labels = {}): number {
    const found = this.samples(name).filter((sample) => textOf(sample.labels) === textOf(labels));
    if (found.length > 1) throw new Error(`${name} ${textOf(labels)} is there ${found.length} times`);
    return found[0]?.value ?? 0;
  }
}

export async function scrapeText(port: number, query = ''): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics${query}`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.text();
}

function textOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
