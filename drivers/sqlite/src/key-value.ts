import { StoreError } from '@stategate/journal-spi';
import type {
  DeleteRequest,
  Fence,
  KeyValueStore,
  KvEntry,
  KvKey,
  KvListQuery,
  KvWritten,
  PutRequest,
} from '@stategate/journal-spi';
import { only, validateFence, validateKvKey, validateKvWrite, validateList } from '@stategate/journal-spi/kit';
import { fenced } from './journal.ts';
import { LIMITS } from './limits.ts';
import type { Exchange, StoreWorker } from './store-worker.ts';
import type { Packer, Unpacker } from './worker/packing.ts';

export function createKeyValueStore(worker: StoreWorker): KeyValueStore {
  const store: KeyValueStore = {
    get: (key, options) => worker.askOne(get, key, options),

    recover: (key, fence, options) => worker.askOne(recover, { key, fence }, options),

    async put(request, options) {
      return only(await store.putMany([request], options));
    },

    async delete(request, options) {
      return only(await store.putMany([request], options));
    },

    putMany: (requests, options) => worker.ask(put, requests, options),

    list: (query, options) => worker.askOne(list, query, options),
  };
  return store;
}

const get: Exchange<KvKey, KvEntry | null> = {
  operation: 'get',
  effect: 'read',
  check: validateKvKey,
  pack: packKey,
  unpack: (outcome, input) => (outcome === 'none' ? null : unpackEntry(input)),
};

const recover: Exchange<{ readonly key: KvKey; readonly fence: Fence }, KvEntry | null> = {
  operation: 'recoverValue',
  effect: 'seal',
  check({ key, fence }) {
    validateKvKey(key);
    validateFence(fence);
  },
  pack({ key, fence }, output) {
    packKey(key, output);
    output.add(fence.epoch);
  },
  unpack(outcome, input, { fence }) {
    if (outcome === 'fenced') throw fenced(fence, input);
    return outcome === 'none' ? null : unpackEntry(input);
  },
};

const put: Exchange<PutRequest | DeleteRequest, KvWritten> = {
  operation: 'put',
  effect: 'write',
  check: (request) => validateKvWrite(request, LIMITS),
  pack(request, output) {
    const { condition, fence, token } = request;
    packKey(request.key, output);
    output.add(fence.epoch, token, condition.if, condition.if === 'rev' ? condition.rev : '');
    if (request.value === null) return output.add(0, 0);
    output.add(request.ttlMs ?? 0, 1);
    output.addPayload(request.value);
  },
  unpack(outcome, input, { condition, fence }) {
    if (outcome === 'fenced') throw fenced(fence, input);
    if (outcome === 'unmet') {
      const rev = input.text();
      const found = rev === '' ? 'there is no entry' : `the entry has revision ${rev}`;
      throw new StoreError('SequenceConflict', `the condition "${condition.if}" is not met: ${found}`);
    }
    const existed = input.number() === 1;
    const rev = input.text();
    return { rev: rev === '' ? null : rev, duplicate: outcome === 'duplicate', existed };
  },
};

const list: Exchange<KvListQuery, readonly (KvEntry & { readonly key: string })[]> = {
  operation: 'listValues',
  effect: 'read',
  check: validateList,
  pack({ namespace, collection, prefix = '', after = '', limit }, output) {
    output.add(namespace, collection, prefix, after, limit);
  },
  unpack: (_, input) => Array.from({ length: input.number() }, () => ({ key: input.text(), ...unpackEntry(input) })),
};

function packKey({ namespace, collection, key }: KvKey, output: Packer): void {
  output.add(namespace, collection, key);
}

function unpackEntry(input: Unpacker): KvEntry {
  return { rev: input.text(), token: input.text(), epoch: input.number(), ...input.payload() };
}
