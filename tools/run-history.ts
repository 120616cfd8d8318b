import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStore, STORES, type StoreName } from '../test/support/stores.ts';
import { faultyStore } from '../test/fault/history/faults.ts';
import { type HistoryResult, runHistory, runInProcess } from '../test/fault/history/run.ts';

/** `npm run test:history -- --driver X --ops 100000`: the long run, whose summary is kept under test/fault/results. */
const PROCESSES = 2;
const WRITERS = 4;
/** A take-over reads its stream whole, and the first ones are wanted most: a longer history has more of them. */
const OPERATIONS_PER_STREAM = 500;
const MIN_STREAMS = 16;
/** Hand-offs that a run should have at least. */
const HAND_OFFS = 200;
/** About. */
const FAULTS = 150;

const { values } = parseArgs({
  options: {
    driver: { type: 'string', multiple: true },
    ops: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

// As in `serve`: what a client library leaves behind when its connection is cut must not end the run.
process.on('unhandledRejection', (error) => console.error(error));

for (const name of values.driver ?? []) {
  if (!isStore(name)) throw new Error(`--driver ${name}: it is one of ${STORES.join(', ')}`);
  await run(name, Number(values.ops), Number(values.seed));
}
if (values.driver === undefined) console.log(`which one? --driver ${STORES.join(' | ')}`);
// Node 26 may turn for ever when it ends by itself after sockets were reset.
process.exit();

async function run(name: StoreName, ops: number, seed: number): Promise<void> {
  const store = await startStore(name, { own: true });
  if ('missing' in store) {
    console.log(`${name}: not run, ${store.missing}`);
    return;
  }
  await using _store = store;
  const operations = Math.ceil(ops / (PROCESSES * WRITERS));
  const takeOver = Math.max(0.01, (HAND_OFFS * 2) / ops);
  const streams = Math.max(MIN_STREAMS, Math.round(ops / OPERATIONS_PER_STREAM));
  const plan = { namespace: `h-${randomUUID()}`, streams, operations, writers: WRITERS, seed, takeOver };
  const reader = await store.open();
  const started = performance.now();
  let told = 0;
  const onProgress = (done: number, faults: number): void => {
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    console.log(
      `${name}: ${done} of about ${ops} operations, ${faults} faults, ${((told - started) / 1_000).toFixed(0)} s`,
    );
  };
  await using faulty = await faultyStore(store);
  const result =
    name === 'inmemory'
      ? await runInProcess([reader, await store.open()], plan)
      : await runHistory({
          driver: name,
          config: faulty.config,
          reader,
          plan,
          processes: PROCESSES,
          faults: faulty.faults,
          pause: { operations: ops / FAULTS },
          onProgress,
        });
  const { server } = reader;
  await reader.close();
  const summary = {
    driver: name,
    server: `${server.product} ${server.version}`,
    kind: store.server?.kind ?? 'in-process',
    seed,
    seconds: Math.round((performance.now() - started) / 1_000),
    ...counts(result),
    sha256: createHash('sha256').update(JSON.stringify(result.operations)).digest('hex'),
  };
  const folder = join(import.meta.dirname, '../test/fault/results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(summary, undefined, 2)}\n`);
  console.log(`${name}: ${JSON.stringify(counts(result))}`);
  for (const { type, stream, text } of result.anomalies.slice(0, 10)) console.log(`  ${type} in ${stream}: ${text}`);
  if (result.anomalies.length > 0) process.exitCode = 1;
}

function counts({
  operations,
  anomalies,
  acknowledged,
  unclear,
  handOffs,
  faults,
}: HistoryResult): Record<string, number> {
  return { operations: operations.length, acknowledged, unclear, handOffs, faults, anomalies: anomalies.length };
}

function isStore(name: string): name is StoreName {
  return STORES.some((known) => known === name);
}
