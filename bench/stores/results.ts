import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { table } from '../../src/cli/table.ts';
import { STORES, type StoreName } from '../../test/support/stores.ts';
import { type Goal, judge } from '../report.ts';
import type { CurvePoint } from './recovery-curve.ts';
import { recoveryPlot } from './recovery-plot.ts';
import { appendFigure, POOL_FIGURE, REPLAY_FIGURE, type StoreFigure } from './rounds.ts';
import { MOST_STREAMS } from './workload.ts';

/** What one run measured of one store. */
export interface StoreResult {
  readonly date: string;
  readonly machine: object;
  /** The processes that wanted to run when the bench began, of the last minute: about 0 on a machine that is quiet. */
  readonly load: number;
  readonly server: string;
  /** `emulated`: another product that speaks the store's protocol. */
  readonly kind: 'real' | 'emulated';
  readonly rounds: number;
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

/** PostgreSQL has some; of the other stores the ratios are only told. */
export function storeGoals(name: StoreName, figures: readonly StoreFigure[]): readonly Goal[] {
  if (name !== 'postgres') return [];
  const goals = [
    { figure: appendFigure(MOST_STREAMS), atLeast: 0.7, unit: '× rows made inside the server' },
    { figure: POOL_FIGURE, atLeast: 8, unit: '× 10 connections' },
    { figure: REPLAY_FIGURE, atLeast: 0.6, unit: '× raw paged SELECT' },
  ];
  return goals.map(({ figure, ...limit }) =>
    judge(`PostgreSQL, ${figure}`, limit, figures.find((each) => each.figure === figure)?.ratio),
  );
}
