import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { table } from '../../src/cli/table.ts';
import { STORES, type StoreName } from '../../test/support/stores.ts';
import { type Goal, judge } from '../report.ts';
import type { CurvePoint } from './recovery-curve.ts';
import { recoveryPlot } from './recovery-plot.ts';
import { POOL_FIGURE, type StoreFigure } from './rounds.ts';
import { GROUPS, REPLAY_EVENTS } from './workload.ts';

/** What one run measured of one store. */
export interface StoreResult {
  readonly date: string;
  readonly machine: object;
  readonly server: string;
  readonly figures: readonly StoreFigure[];
  readonly goals: readonly Goal[];
  /** Of the stores whose curve is drawn. */
  readonly recovery?: readonly CurvePoint[];
}

type Results = Partial<Record<StoreName, StoreResult>>;

const DIRECTORY = join(import.meta.dirname, '../results');
const FILE = join(DIRECTORY, 'stores.json');
const PLOT = join(DIRECTORY, 'recovery.svg');

/** Puts these results in the place of the same stores' earlier ones, and draws the curves of all. */
export function keepResults(measured: Results): void {
  const earlier = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : {};
  const all = { ...earlier, ...measured };
  const results = STORES.flatMap((name) => {
    const result = all[name];
    return result === undefined ? [] : [[name, result] as const];
  });
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(results), undefined, 2)}\n`);
  const curves = results.flatMap(([, { server, recovery }]) =>
    recovery === undefined ? [] : [{ title: server, points: recovery }],
  );
  if (curves.length > 0) writeFileSync(PLOT, recoveryPlot(curves));
}

export function figuresTable(figures: readonly StoreFigure[]): string {
  const rows = figures.map(({ figure, unit, driver, floor, ratio }) => {
    return [figure, rounded(driver), rounded(floor), unit, ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2)];
  });
  return table(['', 'driver', 'floor', '', '× floor'], rows);
}

function rounded(rate: number): string {
  return rate < 100 ? rate.toPrecision(3) : Math.round(rate).toString();
}

/** Those of PostgreSQL: of the others the ratios are only told. */
export function storeGoals(name: StoreName, figures: readonly StoreFigure[]): readonly Goal[] {
  if (name !== 'postgres') return [];
  const ratioOf = (wanted: string): number | undefined => figures.find(({ figure }) => figure === wanted)?.ratio;
  const most = Math.max(...GROUPS);
  return [
    judge(
      `PostgreSQL, append to ${most} streams at once`,
      { atLeast: 0.7, unit: '× made inside the server' },
      ratioOf(`append to ${most} streams at once`),
    ),
    judge(
      `PostgreSQL, replay of ${REPLAY_EVENTS} events`,
      { atLeast: 0.6, unit: '× raw paged SELECT' },
      ratioOf(`replay of ${REPLAY_EVENTS} events`),
    ),
    judge(
      'PostgreSQL, the same appends',
      { atLeast: 8, unit: '× a pool of 10, one append per commit' },
      ratioOf(POOL_FIGURE),
    ),
  ];
}
