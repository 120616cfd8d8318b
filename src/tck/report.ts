import { type Suite, SUITES } from './case.ts';
import type { CaseResult } from './judge.ts';

/** Who was judged, and what came of it. */
export interface Report {
  readonly kind: 'function' | 'proxy';
  /** `host:port` of who was judged. */
  readonly address: string;
  readonly results: readonly CaseResult[];
}

export interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly notRun: number;
}

export function countOutcomes(results: readonly CaseResult[]): Counts {
  const count = (outcome: CaseResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  return { pass: count('pass'), fail: count('fail'), notRun: count('not-run') };
}

/** The suites that have cases, in their order, with what came of them. */
export function tally(results: readonly CaseResult[]): readonly (Counts & { readonly suite: Suite })[] {
  return SUITES.flatMap((suite) => {
    const own = results.filter((one) => one.suite === suite);
    return own.length === 0 ? [] : [{ suite, ...countOutcomes(own) }];
  });
}

export function formatJson({ kind, address, results }: Report): string {
  return `${JSON.stringify({ judged: kind, address, summary: countOutcomes(results), results }, undefined, 2)}\n`;
}

/** For tools that show the results of tests. */
export function formatJUnit({ kind, results }: Report): string {
  const suites = tally(results).map(({ suite, pass, fail, notRun }) => {
    const own = results.filter((one) => one.suite === suite);
    const counts = `tests="${pass + fail + notRun}" failures="${fail}" skipped="${notRun}" time="${seconds(own)}"`;
    return `  <testsuite name="${escape(suite)}" ${counts}>\n${own.map(caseElement).join('')}  </testsuite>\n`;
  });
  const name = escape(`TCK of a ${kind}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${name}">\n${suites.join('')}</testsuites>\n`;
}

function caseElement(result: CaseResult): string {
  const { suite, name, outcome } = result;
  const head = `    <testcase classname="${escape(suite)}" name="${escape(name)}" time="${seconds([result])}"`;
  if (outcome === 'pass') return `${head}/>\n`;
  const body =
    outcome === 'not-run'
      ? `<skipped message="${escape(result.reason)}"/>`
      : `<failure message="${escape(result.reason)}">${escape(detail(result))}</failure>`;
  return `${head}>${body}</testcase>\n`;
}

function detail({ expected, got }: CaseResult & { readonly outcome: 'fail' }): string {
  if (expected === undefined && got === undefined) return '';
  return `expected ${JSON.stringify(expected)}\ngot ${JSON.stringify(got)}`;
}

function seconds(results: readonly CaseResult[]): string {
  return (results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML does not allow at all becomes a dot. */
function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (found) => ENTITIES[found] ?? '').replaceAll(/[^\P{C}\n]/gu, '·');
}
