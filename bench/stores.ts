import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isStoreError } from '@stategate/journal-spi';
import { startStore, STORES, type StoreName, type TestStore } from '../test/support/stores.ts';
import { machineFacts } from './machine.ts';
import { goalsTable } from './report.ts';
import { driverSide, inTime, NAMESPACE } from './stores/driver-side.ts';
import { openFloor } from './stores/floors.ts';
import { measureRecoveryCurve } from './stores/recovery-curve.ts';
import { figuresTable, keepResults, storeGoals, type StoreResult } from './stores/results.ts';
import { measureRounds } from './stores/rounds.ts';

/** `npm run bench:stores -- [--store NAME ...] [--rounds N]`: every driver against the least that its store allows. */
const DRAWN: readonly StoreName[] = ['sqlite', 'postgres'];

/** Before the bench itself makes some. */
const [load = 0] = loadavg();

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

async function measure(name: StoreName, store: TestStore, rounds: number): Promise<StoreResult> {
  const driver = await store.open();
  try {
    const scope = 'all';
    const { epoch } = await driver.fences.claim(NAMESPACE, scope, 'bench', inTime());
    const fence = { scope, epoch };
    await using floor = await openFloor(name, store, driver);
    const measured = await measureRounds(await driverSide(driver, fence), floor, rounds);
    const recovery = DRAWN.includes(name) ? { recovery: await measureRecoveryCurve(driver, fence) } : {};
    const { product, version } = driver.server;
    return {
      date: new Date().toISOString(),
      machine: machineFacts(),
      load,
      server: store.server?.product ?? `${product} ${version}`,
      kind: store.server?.kind ?? 'real',
      ...measured,
      goals: storeGoals(name, measured.figures),
      ...recovery,
    };
  } finally {
    await driver.close();
  }
}

/** The store, or why it cannot be measured here. */
async function start(name: StoreName): Promise<TestStore | { readonly missing: string }> {
  try {
    return await startStore(name, { own: true });
  } catch (error) {
    if (isStoreError(error)) return { missing: error.message };
    throw error;
  }
}

const { values } = parseArgs({
  options: { store: { type: 'string', multiple: true }, rounds: { type: 'string', default: '5' } },
});
const unknown = values.store?.find((name) => !STORES.some((known) => known === name));
if (unknown !== undefined) throw new Error(`--store ${unknown}: it is one of ${STORES.join(', ')}`);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds % 2 !== 1) throw new Error('--rounds: an odd number, for the median');

for (const name of STORES.filter((known) => values.store?.includes(known) ?? true)) {
  const store = await start(name);
  if ('missing' in store) {
    tell(`${name}: not measured, ${store.missing}\n`);
    continue;
  }
  await using _store = store;
  const started = performance.now();
  const result = await measure(name, store, rounds);
  const seconds = Math.round((performance.now() - started) / 1000);
  tell(`${name}: ${result.server}, ${result.rounds} rounds, ${seconds} s\n${figuresTable(result.figures)}`);
  if (result.goals.length > 0) tell(goalsTable(result.goals));
  keepResults({ [name]: result });
}
