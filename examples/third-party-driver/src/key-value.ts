import { StoreError } from '@stategate/journal-spi';
import type {
  DeleteRequest,
  Epoch,
  KeyValueStore,
  KvEntry,
  KvWritten,
  PutRequest,
  Token,
} from '@stategate/journal-spi';
import {
  checkCondition,
  checkEpoch,
  decodeOne,
  eachInOrder,
  keyValueFrom,
  type Call,
} from '@stategate/journal-spi/kit';
import { fromBody, toBody } from './bodies.ts';
import type { Client } from './client.ts';
import { behind, endOf, type Keys } from './keys.ts';
import { LIMITS } from './limits.ts';
import { comparing, epochAndText, get, put, range, remove, unchanged, type KeyValue } from './messages.ts';
import { keysAtOnce, noteSize } from './sizes.ts';
import { change, look, scan } from './transactions.ts';

export function createKeyValueStore(client: Client, keys: Keys): KeyValueStore {
  return keyValueFrom(client.calls, {
    limits: LIMITS,

    async get(key, call) {
      const [found] = await look(client, [get(keys.value(key).entry)], call);
      return found === undefined ? null : toEntry(found);
    },

    async recover(key, fence, call) {
      const { slot, entry } = keys.value(key);
      const ops = [get(slot), get(entry)];
      const { first } = await change(client, call, { ops, effect: 'seal' }, ([found]) => {
        const [epoch, token] = epochAndText(found);
        checkEpoch(fence, epoch);
        return fence.epoch > epoch ? [put(slot, toSlot(fence.epoch, token))] : undefined;
      });
      return first[1] === undefined ? null : toEntry(first[1]);
    },

    putMany: (requests, call) =>
      eachInOrder(
        requests,
        ({ key }) => keys.value(key).slot,
        (request) => write(request, call),
      ),

    async list({ namespace, collection, prefix = '', after, limit }, call) {
      const { entries, size } = keys.collection(namespace, collection);
      let from: Uint8Array = Buffer.from(entries + prefix);
      if (after !== undefined && Buffer.compare(behind(entries + after), from) > 0) from = behind(entries + after);
      const [largest] = await look(client, [get(size)], call);
      const atOnce = Math.min(keysAtOnce(largest), limit);
      const page: (KvEntry & { readonly key: string })[] = [];
      for await (const found of scan(client, from, endOf(entries + prefix), atOnce, call)) {
        page.push({ key: found.key.toString().slice(entries.length), ...toEntry(found) });
        if (page.length === limit) break;
      }
      return page;
    },
  });

  async function write(request: PutRequest | DeleteRequest, call: Call): Promise<KvWritten> {
    const { key, value, condition, fence, token } = request;
    if (value !== null && request.ttlMs != null) {
      throw new StoreError('Unsupported', 'this store keeps values until they are deleted: leave ttlMs out');
    }
    const { slot, entry } = keys.value(key);
    const body = value === null ? undefined : toBody({ token, epoch: fence.epoch }, [value]);
    const success = [
      put(slot, toSlot(fence.epoch, token)),
      ...(body === undefined
        ? [remove(entry)]
        : [put(entry, body), noteSize(keys.collection(key.namespace, key.collection).size, body.byteLength)]),
    ];
    // An entry of this revision is no work of the token; of its epoch it is enough to know that it is not higher.
    const compare =
      condition.if === 'rev' && /^[1-9]\d{0,14}$/.test(condition.rev)
        ? [unchanged(entry, Number(condition.rev)), comparing(slot, 'LESS', digits(fence.epoch + 1))]
        : undefined;
    // Every write of an entry writes its slot, so that only that is compared.
    const ops = [get(slot), range(entry, behind(entry), 1, true)];
    const guess = compare && { compare, success };
    const { first, revision } = await change(client, call, { ops, guess }, ([found, there]) => {
      const [epoch, last] = epochAndText(found);
      if (last === token) return undefined;
      checkEpoch(fence, epoch);
      checkCondition(condition, revOf(there));
      return success;
    });
    const duplicate = revision === 0;
    const rev = duplicate ? revOf(first[1]) : String(revision);
    // Where the guess was right nothing was looked at: what has a revision is there.
    const existed = first.length === 0 || first[1] !== undefined;
    return { rev: value === null ? null : (rev ?? null), duplicate, existed };
  }
}

/** The revision of the whole store that wrote the entry: it never comes back. */
function revOf(entry: KeyValue | undefined): string | undefined {
  return entry === undefined ? undefined : String(entry.modRevision);
}

function toEntry(found: KeyValue): KvEntry {
  const { facts, body } = fromBody(found.value);
  return { ...decodeOne(body), ...(facts as Pick<KvEntry, 'token' | 'epoch'>), rev: String(found.modRevision) };
}

/** What stays of a key when its entry is deleted: the highest epoch that wrote or sealed it, and the token of the last write, if any. */
function toSlot(epoch: Epoch, token: Token): string {
  return `${digits(epoch)} ${token}`;
}

/** In a form that compares as it should. */
function digits(epoch: Epoch): string {
  return String(epoch).padStart(16, '0');
}
