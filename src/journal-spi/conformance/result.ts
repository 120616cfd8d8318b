import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPI_VERSION } from '../driver.ts';
import type { Capabilities, Limits } from '../driver.ts';
import type { CaseResult, ConformanceTarget } from './case.ts';
import { cases } from './cases.ts';
import { openSuite } from './run.ts';
import type { RunOptions } from './run.ts';

const SCHEMA = 'stategate-conformance/1';
/** Results are committed and read by people: more than this is not a result but a log. */
const MAX_BYTES = 200_000;

/** What answered: the product itself, something that speaks its protocol, or no server at all. */
export type ServerKind = 'real' | 'emulated' | 'in-process';

/** What the run cannot know by itself. */
export interface ReportFacts {
  /** The package or file that the driver came from. */
  readonly package: string;
  /** Tells apart results of one driver with different settings or servers. */
  readonly variant?: string;
  readonly kind: ServerKind;
  /** Folders whose content the result stands for. */
  readonly sources: readonly SourceHash[];
}

export interface SourceHash {
  readonly folder: string;
  readonly sha256: string;
}

export interface CaseReport {
  readonly id: string;
  readonly outcome: CaseResult['outcome'];
  /** Of a failure what was wrong, of a case that was not run its reason. */
  readonly reason?: string;
  readonly notes?: readonly string[];
}

/** A run of the suite, as it is kept in a file. */
export interface ConformanceReport {
  readonly schema: string;
  readonly driver: {
    readonly name: string;
    readonly version: string;
    readonly package: string;
    readonly variant?: string;
  };
  readonly spi: string;
  readonly server: { readonly product: string; readonly version: string; readonly kind: ServerKind };
  readonly run: {
    readonly date: string;
    readonly node: string;
    readonly platform: string;
    readonly durationMs: number;
    readonly seeds: readonly number[];
  };
  readonly summary: Readonly<Record<CaseResult['outcome'], number>>;
  readonly capabilities: Capabilities;
  readonly limits: Limits;
  readonly sources: readonly SourceHash[];
  readonly cases: readonly CaseReport[];
}

/** Runs the suite and reports on it. Rejects only when the store cannot be opened at all. */
export async function reportConformance(
  target: ConformanceTarget,
  facts: ReportFacts,
  options: RunOptions = {},
): Promise<ConformanceReport> {
  const started = performance.now();
  const suite = await openSuite(target, options);
  const { capabilities, limits, server } = suite.driver;
  const results: CaseResult[] = [];
  try {
    for (const conformanceCase of cases.filter(options.filter ?? (() => true))) {
      const result = await suite.run(conformanceCase);
      options.onResult?.(result);
      results.push(result);
    }
  } finally {
    await suite.close();
  }
  const { name, version } = target.definition;
  return {
    schema: SCHEMA,
    driver: {
      name,
      version,
      package: facts.package,
      ...(facts.variant === undefined ? {} : { variant: facts.variant }),
    },
    spi: SPI_VERSION,
    server: { product: server.product, version: server.version, kind: facts.kind },
    run: {
      date: new Date().toISOString().slice(0, 10),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      durationMs: Math.round(performance.now() - started),
      seeds: [suite.seed],
    },
    summary: countOutcomes(results),
    capabilities,
    limits,
    sources: facts.sources,
    cases: results.map(toCaseReport),
  };
}

export function countOutcomes(results: readonly Pick<CaseResult, 'outcome'>[]): ConformanceReport['summary'] {
  const summary = { pass: 0, fail: 0, unsupported: 0, 'not-run': 0 };
  for (const { outcome } of results) summary[outcome] += 1;
  return summary;
}

/** What a failed case was about, in one line. */
export function reasonOf(result: CaseResult): string | undefined {
  if (result.outcome === 'not-run') return result.reason;
  if (result.outcome !== 'fail') return undefined;
  const text = result.error instanceof Error ? result.error.message : String(result.error);
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}

function toCaseReport(result: CaseResult): CaseReport {
  const { id, outcome, notes } = result;
  const reason = reasonOf(result);
  return { id, outcome, ...(reason === undefined ? {} : { reason }), ...(notes.length === 0 ? {} : { notes }) };
}

/** The text of a result file: one case on each line, and a checksum, so that nobody writes one by hand unnoticed. */
export function formatReport(report: ConformanceReport): string {
  const { cases: all, ...head } = report;
  const lines = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  const each = all.map((one) => `  ${JSON.stringify(one)}`).join(',\n');
  const text = `{\n${lines.join('\n')}\n"cases": [\n${each}\n],\n"sha256": "${checksum(report)}"\n}\n`;
  if (text.length > MAX_BYTES)
    throw new Error(`the result has ${text.length} bytes, a result file may have ${MAX_BYTES}`);
  return text;
}

/** Reads a result file back. Throws for another format, and for one that was changed after it was written. */
export function parseReport(text: string): ConformanceReport {
  const { sha256, ...report } = JSON.parse(text) as ConformanceReport & { readonly sha256?: string };
  if (report.schema !== SCHEMA) throw new Error(`it is not a result of ${SCHEMA}`);
  if (sha256 !== checksum(report)) throw new Error('it was changed after it was written: run the suite again');
  return report;
}

function checksum(report: ConformanceReport): string {
  return createHash('sha256').update(JSON.stringify(report)).digest('hex');
}

/** What is in a folder, without what is built from it. Folders are named relative to `root`, with slashes. */
export function hashSources(root: string, folder: string): SourceHash {
  const sum = createHash('sha256');
  const files = globSync('**/*.*', {
    cwd: join(root, folder),
    exclude: ['dist/**', 'node_modules/**', '**/*.tsbuildinfo'],
  });
  if (files.length === 0) throw new Error(`there is nothing in ${folder}`);
  for (const file of files.map((name) => name.replaceAll('\\', '/')).toSorted()) {
    sum
      .update(`${file}\n`)
      .update(readFileSync(join(root, folder, file)))
      .update('\n');
  }
  return { folder, sha256: sum.digest('hex') };
}
