import type { KeyValueStore, KvEntry, KvKey } from '@stategate/journal-spi';
import { checkEpoch, keyValueFrom, unmet } from '@stategate/journal-spi/kit';
import { LIMITS } from './limits.ts';
import { toPayload, toRow } from './rows.ts';
import type { StoreWorker } from './store-worker.ts';
import type { EntryRow, KeyNames } from './worker/operations.ts';

export function createKeyValueStore(worker: StoreWorker): KeyValueStore {
  return keyValueFrom(worker.calls, {
    limits: LIMITS,

    async get(key, call) {
      const found = await worker.ask('read', 'get', [namesOf(key)], call);
      return found && toEntry(found);
    },

    async recover(key, fence, call) {
      const [epoch, found] = await worker.ask('seal', 'recoverValue', [namesOf(key), fence.epoch], call);
      checkEpoch(fence, epoch);
      return found && toEntry(found);
    },

    putMany: (requests, call) =>
      worker.askMany(
        'write',
        'put',
        requests,
        call,
        (request) => {
          const { key, condition, fence, token, value } = request;
          const rev = condition.if === 'rev' ? condition.rev : null;
          const ttlMs = request.value === null ? null : (request.ttlMs ?? null);
          return [namesOf(key), fence.epoch, token, condition.if, rev, ttlMs, value && toRow(value)];
        },
        ([verdict, epoch, before, rev], { condition, fence }) => {
          if (verdict === 'refused') {
            checkEpoch(fence, epoch);
            throw unmet(condition, before === null ? undefined : String(before));
          }
          return {
            rev: rev === null ? null : String(rev),
            duplicate: verdict === 'duplicate',
            existed: before !== null,
          };
        },
      ),

    async list({ namespace, collection, prefix = '', after = '', limit }, call) {
      const found = await worker.ask('read', 'listValues', [namespace, collection, prefix, after, limit], call);
      return found.map(([key, ...entry]) => ({ key, ...toEntry(entry) }));
    },
  });
}

function namesOf({ namespace, collection, key }: KvKey): KeyNames {
  return [namespace, collection, key];
}

function toEntry([rev, token, epoch, ...payload]: EntryRow): KvEntry {
  return { rev: String(rev), token, epoch, ...toPayload(payload) };
}
