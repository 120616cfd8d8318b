import type { Driver } from '@stategate/journal-spi';
import { checkHealth } from '@stategate/journal-spi/kit';
import type { Exchange, StoreWorker } from './store-worker.ts';

export function createHealth(worker: StoreWorker): Driver['health'] {
  return (options) => checkHealth(options, (inTime) => worker.askOne(health, undefined, inTime));
}

const health: Exchange<undefined, readonly string[]> = {
  operation: 'health',
  effect: 'read',
  check: () => undefined,
  pack: () => undefined,
  unpack: (_, input) => Array.from({ length: input.number() }, () => input.text()),
};
