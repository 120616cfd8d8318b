import {
  type DeleteRequest,
  type KeyValueStore,
  type KvEntry,
  type KvKey,
  type KvWritten,
  type PutRequest,
  StoreError,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  only,
  outcomeOf,
  validateFence,
  validateKvKey,
  validateKvWrite,
  validateList,
} from '@stategate/journal-spi/kit';
import { LIMITS } from './limits.ts';
import { fromLine, type Log, toLine } from './log.ts';
import type { KeyState } from './state.ts';

const NOTHING: KeyState = { epoch: 0, written: 0, token: null, value: null };

export function createKeyValue(log: Log): KeyValueStore {
  const store: KeyValueStore = {
    async get(key, options) {
      validateKvKey(key);
      return toEntry(log.state(options).keys.get(nameOf(key)) ?? NOTHING);
    },

    async recover(key, fence, options) {
      validateKvKey(key);
      validateFence(fence);
      const state = log.state(options).keys.get(nameOf(key)) ?? NOTHING;
      checkEpoch(fence, state.epoch);
      if (fence.epoch > state.epoch) log.add([{ did: 'seal-key', key: nameOf(key), epoch: fence.epoch }]);
      return toEntry(state);
    },

    async put(request, options) {
      return only(await store.putMany([request], options));
    },

    async delete(request, options) {
      return only(await store.putMany([request], options));
    },

    async putMany(requests, options) {
      log.state(options);
      return requests.map((request) => outcomeOf(() => write(log, request)));
    },

    async list(query, options) {
      validateList(query);
      const found = [];
      for (const [name, state] of log.state(options).keys) {
        const [namespace, collection, key = ''] = JSON.parse(name) as string[];
        const entry = toEntry(state);
        if (namespace !== query.namespace || collection !== query.collection || entry === null) continue;
        if (key.startsWith(query.prefix ?? '') && (query.after === undefined || byBytes(key, query.after) > 0))
          found.push({ ...entry, key });
      }
      return found.toSorted((a, b) => byBytes(a.key, b.key)).slice(0, query.limit);
    },
  };
  return store;
}

function write(log: Log, request: PutRequest | DeleteRequest): KvWritten {
  validateKvWrite(request, LIMITS);
  const { key, value, condition, fence, token } = request;
  if (value !== null && request.value !== null && 'ttlMs' in request && request.ttlMs != null) {
    throw new StoreError('Unsupported', 'this store keeps values until they are deleted: leave ttlMs out');
  }
  const state = log.state().keys.get(nameOf(key)) ?? NOTHING;
  const existed = state.value !== null;
  if (state.token === token) return { rev: value === null ? null : token, duplicate: true, existed };
  checkEpoch(fence, state.epoch);
  const met =
    condition.if === 'any' ||
    (condition.if === 'absent' && !existed) ||
    (condition.if === 'exists' && existed) ||
    (condition.if === 'rev' && existed && state.token === condition.rev);
  if (!met) throw new StoreError('SequenceConflict', `the condition "${condition.if}" is not met`);
  log.add([{ did: 'put', key: nameOf(key), epoch: fence.epoch, token, value: value && toLine(value) }]);
  return { rev: value === null ? null : token, duplicate: false, existed };
}

/** A token is used once: so it is the revision too, and one that was deleted never comes back. */
function toEntry({ value, token, written }: KeyState): KvEntry | null {
  return value === null || token === null ? null : { ...fromLine(value), rev: token, token, epoch: written };
}

function nameOf({ namespace, collection, key }: KvKey): string {
  return JSON.stringify([namespace, collection, key]);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
