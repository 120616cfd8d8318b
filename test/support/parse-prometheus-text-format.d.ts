declare module 'parse-prometheus-text-format' {
  export interface ParsedMetric {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly metrics: readonly {
      readonly value?: string;
      readonly labels?: Readonly<Record<string, string>>;
    }[];
  }

  /** Takes the metrics of a scrape apart; of histograms with labels it keeps no more than the last. */
  export default function parsePrometheusTextFormat(text: string): readonly ParsedMetric[];
}
