import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/support/process.ts';
import { measureLiveEntities } from './live-entities.ts';
import { machineFacts } from './machine.ts';
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
tell(`\n${throughputTable(measured.rounds)}\n${goalsTable(goals)}`);

const { rounds, startUp, liveEntity } = measured;
const report = {
  date: new Date().toISOString(),
  machine: machineFacts(),
  goals,
  throughput: throughputJson(rounds),
  startUp,
  liveEntity,
};
mkdirSync(RESULTS, { recursive: true });
writeFileSync(join(RESULTS, 'quick.json'), `${JSON.stringify(report, undefined, 2)}\n`);
