import type { Epoch, FenceStore } from '@stategate/journal-spi';
import type { Exchange, StoreWorker } from './store-worker.ts';

export function createFenceStore(worker: StoreWorker): FenceStore {
  return {
    claim: (namespace, scope, owner, options) => worker.askOne(claim, { namespace, scope, owner }, options),
    current: (namespace, scope, options) => worker.askOne(current, { namespace, scope }, options),
  };
}

interface Scope {
  readonly namespace: string;
  readonly scope: string;
}

const claim: Exchange<Scope & { readonly owner: string }, { readonly epoch: Epoch }> = {
  operation: 'claim',
  effect: 'write',
  check: () => undefined,
  pack: ({ namespace, scope, owner }, output) => output.add(namespace, scope, owner),
  unpack: (_, input) => ({ epoch: input.number() }),
};

const current: Exchange<Scope, { readonly epoch: Epoch; readonly owner: string } | null> = {
  operation: 'currentFence',
  effect: 'read',
  check: () => undefined,
  pack: ({ namespace, scope }, output) => output.add(namespace, scope),
  unpack: (outcome, input) => (outcome === 'none' ? null : { epoch: input.number(), owner: input.text() }),
};
