import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases, countOutcomes, formatReport, hashSources, parseReport } from '@stategate/journal-spi/conformance';
import type { CaseReport, ConformanceReport } from '@stategate/journal-spi/conformance';
import { freshnessOf, readEvidence, sourceFolders } from '../../../tools/matrix/evidence.ts';
import { renderMatrix } from '../../../tools/matrix/render.ts';

const root = join(import.meta.dirname, '../../..');

describe('compat-matrix.md', () => {
  test('is what the committed results say', () => {
    expect(readFileSync(join(root, 'compat-matrix.md'), 'utf8')).toBe(renderMatrix(readEvidence(root)));
  });

  test('says when the sources of a result have changed since', () => {
    const sources = sourceFolders('sqlite').map((folder) => hashSources(root, folder));
    const current = report({ sources });
    expect(freshnessOf(root, current)).toBe('current');
    const earlier = report({ sources: sources.map((source) => ({ ...source, sha256: '0'.repeat(64) })) });
    expect(freshnessOf(root, earlier)).toBe('stale');
    expect(driverCell(earlier)).toBe('sqlite 0.1.0, **stale**');
    expect(driverCell(current)).toBe('sqlite 0.1.0');
  });

  test('does not take a result of ours that stands for less than the driver and the suite', () => {
    expect(freshnessOf(root, report({ sources: [] }))).toBe('stale');
    expect(freshnessOf(root, report({ sources: [hashSources(root, 'src/journal-spi')] }))).toBe('stale');
    const theirs = report({ sources: [], driver: { name: 'acme', version: '1.0.0', package: '@acme/store' } });
    expect(freshnessOf(root, theirs)).toBe('unknown');
    expect(driverCell(theirs)).toBe('acme 1.0.0, third-party, self-reported');
    const gone = report({ sources: [{ folder: 'drivers/no-such-driver/src', sha256: '0' }] });
    expect(freshnessOf(root, gone)).toBe('stale');
  });

  test('shows no tick where a case of the feature is missing, was not run, or failed', () => {
    const feed = all().filter(({ id }) => id.startsWith('F-')).length;
    expect(cell(report(), 'feed')).toBe(`[● ${feed}/${feed}](r.json) total, poll, by-construction`);
    const oneLess = `${feed - 1}/${feed}]`;
    expect(cell(without('F-09'), 'feed')).toContain(`[? ${oneLess}`);
    expect(cell(changed('F-09', 'not-run'), 'feed')).toContain(`[◌ ${oneLess}`);
    expect(cell(changed('F-09', 'fail'), 'feed')).toContain(`[✕ ${oneLess}`);
    expect(cell(changed('JA-01', 'fail'), 'feed')).toMatch(/^\[● /);
    expect(cell(report({ cases: [] }), 'journal')).toMatch(/^\[\? 0\//);
    const emulated = { ...report(), server: { product: 'SQLite', version: '3', kind: 'emulated' as const } };
    expect(cell(emulated, 'feed')).toContain(`[◐ ${feed}/${feed}]`);
    expect(cell(emulated, 'real or emulated')).toBe('emulated');
  });

  test('shows what a driver honestly does without as that', () => {
    const withoutFeed = report({
      capabilities: { ...report().capabilities, feed: false },
      cases: all().map((one) => (one.id.startsWith('F-') ? { ...one, outcome: 'unsupported' } : one)),
    });
    expect(cell(withoutFeed, 'feed')).toBe('[○](r.json)');
  });
});

describe('a result file', () => {
  test('is read back as it was written', () => {
    expect(parseReport(formatReport(report()))).toEqual(report());
  });

  test('is refused when it was changed by hand, or is something else', () => {
    const text = formatReport(changed('JA-01', 'fail'));
    expect(() => parseReport(text.replace('"outcome":"fail"', '"outcome":"pass"'))).toThrow(/run the suite again/);
    expect(() => parseReport('{"schema": "other"}')).toThrow(/not a result/);
  });

  test('has a bound', () => {
    const long = all().map((one) => ({ ...one, notes: ['n'.repeat(2000)] }));
    expect(() => formatReport(report({ cases: long }))).toThrow(/200000/);
  });
});

function report(other: Partial<ConformanceReport> = {}): ConformanceReport {
  const outcomes = other.cases ?? all();
  return {
    schema: 'stategate-conformance/1',
    driver: { name: 'sqlite', version: '0.1.0', package: '@stategate/driver-sqlite' },
    spi: '1.0.0',
    server: { product: 'SQLite', version: '3.50.0', kind: 'real' },
    run: { date: '2026-01-01', node: 'v26.0.0', platform: 'linux x64', durationMs: 1, seeds: [1] },
    summary: countOutcomes(outcomes),
    capabilities: {
      durability: 'disk',
      ackLossOnFailover: false,
      exclusive: 'lock',
      readBackward: true,
      ttl: 'lazy',
      feed: { order: 'total', live: 'poll', complete: 'by-construction' },
    },
    limits: { maxEventBytes: 1, maxBatchEvents: 1, maxBatchBytes: 1, maxSnapshotBytes: 1, maxValueBytes: 1 },
    sources: [],
    cases: outcomes,
    ...other,
  };
}

function all(): readonly CaseReport[] {
  return cases.map(({ id }) => ({ id, outcome: 'pass' }));
}

function without(id: string): ConformanceReport {
  return report({ cases: all().filter((one) => one.id !== id) });
}

function changed(id: string, outcome: CaseReport['outcome']): ConformanceReport {
  return report({ cases: all().map((one) => (one.id === id ? { ...one, outcome } : one)) });
}

/** The cell of one result in one column. */
function cell(of: ConformanceReport, name: string): string {
  const lines = renderMatrix([{ file: 'r.json', report: of, freshness: freshnessOf(root, of) }]).split('\n');
  const start = lines.findIndex((line) => line.startsWith('| driver |'));
  const [names, values] = [lines[start], lines[start + 2]].map((line) => line?.split(' | ') ?? []);
  const found = values?.[names?.findIndex((each) => each.replace(/^\| | \|$/g, '') === name) ?? -1];
  return (found ?? `no column ${name}`).replace(/^\| | \|$/g, '');
}

function driverCell(of: ConformanceReport): string {
  return cell(of, 'driver');
}
