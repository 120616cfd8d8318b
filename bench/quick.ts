import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../test/support/process.ts';
import { measureLiveEntities } from './live-entities.ts';
import { goalsOf, goalsTable, type Measured, throughputJson, throughputTable } from './report.ts';
import { startUserFunction } from './servers.ts';
import { measureStartUp } from './start-up.ts';
import { measureThroughput } from './throughput.ts';

const LIVE_ENTITIES = 10_000;
const RESULTS = join(import.meta.dirname, 'results');
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function measure(): Promise<Measured> {
  await using userFunction = await startUserFunction();
  tell('start-up on SQLite');
  const startUp = await measureStartUp(userFunction.port);
  tell('throughput');
  const rounds = await measureThroughput(userFunction.port, tell);
  tell(`${LIVE_ENTITIES} live entities`);
  const liveEntity = await measureLiveEntities(userFunction.port, LIVE_ENTITIES);
  return { rounds, startUp, liveEntity };
}

tell('build');
execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: ROOT, stdio: 'inherit' });
const measured = await measure();
const goals = goalsOf(measured);
const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  node: process.version,
};
tell(`\n${throughputTable(measured.rounds)}\n${goalsTable(goals)}`);

const { rounds, startUp, liveEntity } = measured;
const report = {
  date: new Date().toISOString(),
  machine,
  goals,
  throughput: throughputJson(rounds),
  startUp,
  liveEntity,
};
mkdirSync(RESULTS, { recursive: true });
writeFileSync(join(RESULTS, 'quick.json'), `${JSON.stringify(report, undefined, 2)}\n`);
