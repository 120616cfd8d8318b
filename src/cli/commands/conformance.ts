import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { styleText } from 'node:util';
import type { DriverDefinition } from '@stategate/journal-spi';
import {
  cases,
  countOutcomes,
  FAMILIES,
  familyOf,
  formatReport,
  hashSources,
  NOT_RUN_REASONS,
  reasonOf,
  reportConformance,
} from '@stategate/journal-spi/conformance';
import type { CaseResult, ConformanceReport, ReportFacts, ServerKind } from '@stategate/journal-spi/conformance';
import { checkSpiRange, driverConfig, loadDriver, packageOf } from '@stategate/proxy/store';
import { CliError } from '../errors.ts';
import { loadCommandConfig } from '../flags.ts';
import { table } from '../table.ts';

type Options = Readonly<Record<string, unknown>>;

const COLORS = { pass: 'green', fail: 'red', unsupported: 'gray', 'not-run': 'yellow' } as const;

/** Runs the suite against a driver, and ends with exit code 1 when a case fails. */
export async function runSuite(options: Options): Promise<void> {
  const filter = idFilter(options['filter']);
  const { config } = await loadCommandConfig({
    config: options['config'],
    store: options['driver'],
    set: texts(options['set']).map((pair) => `store.config.${pair}`),
  });
  const definition = await loadDriver(config.store.driver);
  checkSpiRange(definition);
  const target = { definition: await shared(definition), config: driverConfig(config.store, definition) };
  const results: CaseResult[] = [];
  const report = await reportConformance(target, factsOf(config.store.driver, options), {
    filter: ({ id }) => filter(id),
    onResult(result) {
      results.push(result);
      process.stdout.write(progressLine(result));
    },
  });
  process.stdout.write(summary(report, results));
  const file = options['out'];
  if (typeof file === 'string') await writeFile(file, formatReport(report));
  if (report.summary.fail > 0) process.exitCode = 1;
}

/** The suite opens a store many times. One that lives in memory would be another one every time. */
async function shared(definition: DriverDefinition): Promise<DriverDefinition> {
  if (definition.name !== 'inmemory') return definition;
  const { Database, inMemoryDriver } = await import('@stategate/driver-inmemory/driver');
  return inMemoryDriver(new Database(512 * 1024 ** 2));
}

function factsOf(driver: string, options: Options): ReportFacts {
  const { kind, variant } = options;
  return {
    package: /^[./]/.test(driver) ? basename(driver) : packageOf(driver),
    kind: kind as ServerKind,
    sources: texts(options['sources']).map((folder) => hashSources(process.cwd(), folder)),
    ...(typeof variant === 'string' ? { variant } : {}),
  };
}

/** Which cases: ids, and beginnings of ids with a star, between commas. */
function idFilter(written: unknown): (id: string) => boolean {
  if (typeof written !== 'string') return () => true;
  const tests = written.split(',').map((part) => {
    const wanted = part.trim();
    const matches = (id: string) => (wanted.endsWith('*') ? id.startsWith(wanted.slice(0, -1)) : id === wanted);
    if (cases.some(({ id }) => matches(id))) return matches;
    throw new CliError(`--filter ${wanted}: there is no such case; write JA-01,JA-02 or F-*`);
  });
  return (id) => tests.some((matches) => matches(id));
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function progressLine(result: CaseResult): string {
  const { id, title, outcome, durationMs } = result;
  const word = outcome.padEnd(11);
  const shown = process.stdout.isTTY ? styleText(COLORS[outcome], word) : word;
  const reason = reasonOf(result);
  const why = result.outcome === 'not-run' ? NOT_RUN_REASONS[result.reason] : reason;
  const notes = [...(why === undefined ? [] : [why]), ...result.notes].map((note) => `\n            ${note}`);
  return `${shown} ${id.padEnd(6)} ${title} (${Math.round(durationMs)} ms)${notes.join('')}\n`;
}

function summary({ driver, server, summary: counts }: ConformanceReport, results: readonly CaseResult[]): string {
  const rows = FAMILIES.flatMap((family) => {
    const own = results.filter(({ id }) => familyOf(id) === family);
    if (own.length === 0) return [];
    const { pass, fail, unsupported, 'not-run': notRun } = countOutcomes(own);
    return [[family, pass, fail, unsupported, notRun]];
  });
  const failed = results.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  return [
    `\n${driver.name} ${driver.version} on ${server.product} ${server.version} (${server.kind})\n`,
    table(['', 'PASS', 'FAIL', 'UNSUPPORTED', 'NOT RUN'], rows),
    failed.length > 0
      ? `\n${failed.length} of ${results.length} cases failed: ${failed.join(' ')}\n`
      : `\n${counts.pass} of ${results.length} cases passed, none failed.\n`,
  ].join('');
}
