import { table } from '../src/cli/table.ts';
import type { EntityMemory } from './live-entities.ts';
import { IN_FLIGHT } from './load.ts';
import type { StartUp } from './start-up.ts';
import { type Figure, medianOf, ratioOf, type Round, SERVERS, type ServerName } from './throughput.ts';

/** Everything that one run measures. */
export interface Measured {
  readonly rounds: readonly Round[];
  readonly startUp: StartUp;
  readonly liveEntity: EntityMemory;
}

export interface Goal {
  readonly goal: string;
  readonly limit: string;
  readonly measured: string;
  readonly verdict: 'met' | 'missed' | 'not measured: this system has no /proc';
}

const TITLES: Readonly<Record<ServerName, string>> = {
  echo: 'bare grpc-js echo',
  inMemory: 'proxy, in-memory',
  sqlite: 'proxy, SQLite',
};

const COLUMNS: readonly { figure: Figure; title: string; unit: number; digits: number }[] = [
  { figure: 'commandsPerSecond', title: 'commands/s', unit: 1, digits: 0 },
  { figure: 'p50Ms', title: 'p50 ms', unit: 1, digits: 2 },
  { figure: 'p99Ms', title: 'p99 ms', unit: 1, digits: 2 },
  { figure: 'cpuMicrosPerCommand', title: 'CPU µs', unit: 1, digits: 1 },
  { figure: 'rssBytes', title: 'RSS MB', unit: 1e6, digits: 0 },
];

export function goalsOf({ rounds, startUp, liveEntity }: Measured): readonly Goal[] {
  const cpu = ratioOf(rounds, 'inMemory', 'echo', 'cpuMicrosPerCommand');
  const durable = ratioOf(rounds, 'sqlite', 'inMemory', 'commandsPerSecond');
  const { readyMs, idleRssBytes } = startUp;
  return [
    judge('CPU per command, in-memory', { atMost: 3, unit: '× bare echo' }, cpu),
    judge(`SQLite commands/s, ${IN_FLIGHT} in flight`, { atLeast: 0.5, unit: '× in-memory' }, durable),
    judge('idle RSS, SQLite', { atMost: 140, unit: 'MB' }, idleRssBytes && idleRssBytes / 1e6),
    judge('start to /ready, SQLite', { atMost: 1.5, unit: 's' }, readyMs / 1e3),
    judge('RSS of a live entity', { atMost: 25, unit: 'KB' }, liveEntity.rssBytesEach / 1e3),
  ];
}

type Limit = ({ readonly atMost: number } | { readonly atLeast: number }) & { readonly unit: string };

export function judge(goal: string, limit: Limit, value: number | undefined): Goal {
  const asked = 'atMost' in limit ? `≤ ${limit.atMost} ${limit.unit}` : `≥ ${limit.atLeast} ${limit.unit}`;
  if (value === undefined) {
    return { goal, limit: asked, measured: '–', verdict: 'not measured: this system has no /proc' };
  }
  const isMet = 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
  return { goal, limit: asked, measured: `${value.toPrecision(3)} ${limit.unit}`, verdict: isMet ? 'met' : 'missed' };
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ goal, limit, measured, verdict }) => [goal, limit, measured, verdict]);
  return table(['goal', 'limit', 'measured', 'verdict'], rows);
}

/** Each server's figures, and after each of them its ratio to the bare echo's. */
export function throughputTable(rounds: readonly Round[]): string {
  const titles = COLUMNS.flatMap(({ title }) => [title, '×']);
  const rows = SERVERS.map((server) => [
    TITLES[server],
    ...COLUMNS.flatMap(({ figure, unit, digits }) => {
      const value = medianOf(rounds, server, figure);
      const ratio = ratioOf(rounds, server, 'echo', figure);
      return [value === undefined ? '–' : (value / unit).toFixed(digits), ratio?.toFixed(2) ?? '–'];
    }),
  ]);
  return table([`${IN_FLIGHT} in flight`, ...titles], rows);
}

/** The same for programs: medians and ratios, by server and figure. */
export function throughputJson(rounds: readonly Round[]) {
  const ofServer = (server: ServerName) =>
    COLUMNS.map(({ figure }) => [
      figure,
      { median: medianOf(rounds, server, figure), ratioToEcho: ratioOf(rounds, server, 'echo', figure) },
    ]);
  return Object.fromEntries(SERVERS.map((server) => [server, Object.fromEntries(ofServer(server))]));
}
