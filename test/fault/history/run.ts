import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Driver } from '@stategate/journal-spi';
import { type Anomaly, checkHistory, type LoggedEvent, type Operation } from '@stategate/journal-spi/conformance';
import { eventually } from '../../support/eventually.ts';
import { mulberry } from './simulated-store.ts';
import type { WorkOrder } from './worker.ts';
import { readLog, runWriters, streamKey, type WorkPlan } from './writers.ts';

/** How long a store may take to be well again after the last fault. */
const READ_MS = 60_000;
/** How often operations are counted. */
const LOOK_MS = 50;

/** Something bad that is done to a store while writers use it; resolves when it is over. */
export interface Fault {
  readonly name: string;
  inject(): Promise<void>;
}

export interface HistoryOptions {
  readonly driver: string;
  /** For the workers, through whatever injects the faults. */
  readonly config: unknown;
  /** For reading the logs in the end. */
  readonly reader: Driver;
  readonly plan: WorkPlan;
  readonly processes: number;
  readonly faults: readonly Fault[];
  /** From one fault to the next, about: time, or operations, of which there are fewer in a slow moment. */
  readonly pause: { readonly ms: number } | { readonly operations: number };
  readonly onProgress?: (operations: number, faults: number) => void;
}

export interface HistoryResult {
  readonly operations: readonly Operation[];
  readonly anomalies: readonly Anomaly[];
  readonly acknowledged: number;
  readonly unclear: number;
  readonly handOffs: number;
  readonly faults: number;
}

/** Runs writers in processes of their own against a store under faults, then checks what they did against what is there. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { plan, processes } = options;
  const operations: Operation[] = [];
  let faults = 0;
  const over = new AbortController();
  const nemesis = injectFaults(options, operations, over.signal, () => {
    faults += 1;
    options.onProgress?.(operations.length, faults);
  });
  const orders = Array.from({ length: processes }, (_, i): WorkOrder => ({
    driver: options.driver,
    config: options.config,
    firstProcess: i * plan.writers,
    plan,
  }));
  try {
    await Promise.all(
      orders.map((order) =>
        runWorker(order, (batch) => {
          operations.push(...batch);
          options.onProgress?.(operations.length, faults);
        }),
      ),
    );
  } finally {
    over.abort();
    await nemesis;
  }
  return summarize(operations, await readLogs(options.reader, plan), faults);
}

/** The same for owners that share one process, on drivers that are open on one store. */
export async function runInProcess(drivers: readonly Driver[], plan: WorkPlan): Promise<HistoryResult> {
  const operations: Operation[] = [];
  const record = (operation: Operation): void => void operations.push(operation);
  await Promise.all(drivers.map((driver, i) => runWriters(driver, i * plan.writers, plan, record)));
  const [reader] = drivers;
  if (reader === undefined) throw new Error('no driver was given');
  return summarize(operations, await readLogs(reader, plan), 0);
}

async function readLogs(reader: Driver, plan: WorkPlan): Promise<ReadonlyMap<string, LoggedEvent[]>> {
  const logs = new Map<string, LoggedEvent[]>();
  for (let i = 0; i < plan.streams; i += 1)
    logs.set(
      `s${i}`,
      await eventually(() => readLog(reader, streamKey(plan.namespace, i)), READ_MS, 'a store that can be read'),
    );
  return logs;
}

function summarize(
  operations: readonly Operation[],
  logs: ReadonlyMap<string, LoggedEvent[]>,
  faults: number,
): HistoryResult {
  const outcomes = operations.flatMap(({ did }) => (did.type === 'append' ? [did.outcome.type] : []));
  return {
    operations,
    anomalies: checkHistory(operations, logs),
    acknowledged: outcomes.filter((type) => type === 'ok').length,
    unclear: outcomes.filter((type) => type === 'info').length,
    handOffs: operations.filter(({ did }) => did.type === 'recovery').length,
    faults,
  };
}

async function injectFaults(
  { faults, pause, plan }: HistoryOptions,
  operations: readonly Operation[],
  over: AbortSignal,
  onFault: () => void,
): Promise<void> {
  const random = mulberry(plan.seed);
  while (!over.aborted && faults.length > 0) {
    const factor = 0.5 + random();
    if ('ms' in pause) {
      await sleep(pause.ms * factor, undefined, { signal: over }).catch(() => undefined);
    } else {
      const enough = operations.length + pause.operations * factor;
      while (!over.aborted && operations.length < enough) await sleep(LOOK_MS);
    }
    const fault = faults[Math.floor(random() * faults.length)];
    if (over.aborted || fault === undefined) return;
    await fault.inject();
    onFault();
  }
}

function runWorker(order: WorkOrder, onBatch: (batch: readonly Operation[]) => void): Promise<void> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(order)], {
    execArgv: ['--conditions=source'],
    // Infinity must survive the way.
    serialization: 'advanced',
  });
  child.on('message', onBatch);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}
