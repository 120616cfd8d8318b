import { type Driver, isStoreError } from '@stategate/journal-spi';
import { loadDriver } from '@stategate/proxy/store';
import { validateConfig } from '@stategate/journal-spi/kit';
import { eventually } from '../../support/eventually.ts';
import { runWriters, type WorkPlan } from './writers.ts';

/** What a worker process is told, as JSON in its argument. */
export interface WorkOrder {
  readonly driver: string;
  readonly config: unknown;
  readonly firstProcess: number;
  readonly plan: WorkPlan;
}

const FLUSH_MS = 100;
const OPEN_MS = 60_000;

// As in `stategate serve`: mongodb 7.8 leaves a promise alone when its connection is reset.
process.on('unhandledRejection', (error) => console.error(error));

// One process of writers: opens the store itself, and sends what it did to its parent.
const order = JSON.parse(process.argv[2] ?? '') as WorkOrder;
const definition = await loadDriver(order.driver);
const config = await validateConfig(definition, order.config);
// The faults may have begun already.
const open = (): Promise<Driver | undefined> =>
  definition.open(config, { warn: () => undefined, instanceId: `history-${process.pid}` }).catch((error: unknown) => {
    if (isStoreError(error) && error.code === 'StoreUnavailable') return undefined;
    throw error;
  });
const driver = await eventually(open, OPEN_MS, 'an open store');
let batch: unknown[] = [];
const flush = (): void => {
  if (batch.length > 0) process.send?.(batch);
  batch = [];
};
const timer = setInterval(flush, FLUSH_MS);
await runWriters(driver, order.firstProcess, order.plan, (operation) => batch.push(operation));
clearInterval(timer);
flush();
await driver.close({ drainMs: 1_000 });
// Also when a client library has left a timer behind.
process.once('disconnect', () => process.exit(0));
process.disconnect?.();
