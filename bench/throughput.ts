import { tempDir } from '../test/support/temp-dir.ts';
import { runFor } from './load.ts';
import { medianIfAll } from './median.ts';
import { noteRequests } from './notes.ts';
import { readUsage } from './process-usage.ts';
import { type BenchServer, startBuiltProxy, startEcho } from './servers.ts';

const WARM_UP_MS = 4_000;
const ROUNDS = 9;
const ROUND_MS = 1_200;
const ENTITIES = 1_000;

export const SERVERS = ['echo', 'inMemory', 'sqlite'] as const;
export type ServerName = (typeof SERVERS)[number];
/** What is measured of a server; CPU and RSS are those of its process alone. */
export type Figure = 'commandsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuMicrosPerCommand' | 'rssBytes';

/** One turn of each server; undefined is what the system does not tell. */
export type Round = Readonly<Record<ServerName, Readonly<Record<Figure, number | undefined>>>>;

/** The three servers under the same load, one after the other in each round, so that a slow moment of the machine hits all. */
export async function measureThroughput(
  userFunctionPort: number,
  tell: (line: string) => void,
): Promise<readonly Round[]> {
  using directory = tempDir();
  await using echo = await startEcho();
  await using inMemory = await startBuiltProxy(userFunctionPort, 'inmemory');
  await using sqlite = await startBuiltProxy(userFunctionPort, `sqlite:${directory.file('bench.db')}`);
  const requests = noteRequests(0, ENTITIES);
  for (const { port } of [echo, inMemory, sqlite]) await runFor(port, requests, WARM_UP_MS);
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) {
    const round = {
      echo: await measure(echo, requests),
      inMemory: await measure(inMemory, requests),
      sqlite: await measure(sqlite, requests),
    };
    rounds.push(round);
    const rates = SERVERS.map((name) => `${name} ${Math.round(round[name].commandsPerSecond)}`);
    tell(`  round ${rounds.length} of ${ROUNDS}, commands/s: ${rates.join(', ')}`);
  }
  return rounds;
}

async function measure({ pid, port }: BenchServer, requests: readonly Buffer[]) {
  const before = readUsage(pid);
  const { commands, seconds, p50Ms, p99Ms } = await runFor(port, requests, ROUND_MS);
  const after = readUsage(pid);
  const cpuMs = before && after && after.cpuMs - before.cpuMs;
  return {
    commandsPerSecond: commands / seconds,
    p50Ms,
    p99Ms,
    cpuMicrosPerCommand: cpuMs && (cpuMs * 1000) / commands,
    rssBytes: after?.rssBytes,
  };
}

export function medianOf(rounds: readonly Round[], server: ServerName, figure: Figure): number | undefined {
  return medianIfAll(rounds.map((round) => round[server][figure]));
}

/** The median of the rounds' own ratios: both sides of each were measured within seconds. */
export function ratioOf(
  rounds: readonly Round[],
  server: ServerName,
  baseline: ServerName,
  figure: Figure,
): number | undefined {
  return medianIfAll(
    rounds.map((round) => {
      const [value, base] = [round[server][figure], round[baseline][figure]];
      return value === undefined || base === undefined ? undefined : value / base;
    }),
  );
}
