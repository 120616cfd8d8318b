import {
  StoreError,
  type DeleteRequest,
  type Epoch,
  type KeyValueStore,
  type KvEntry,
  type KvWritten,
  type PutRequest,
  type Token,
} from '@stategate/journal-spi';
import { checkCondition, checkEpoch, eachInOrder, keyValueFrom, type Call } from '@stategate/journal-spi/kit';
import { fromBody, payloadOf, toBody } from './bodies.ts';
import type { Client } from './client.ts';
import { after as behind, endOf, type Keys } from './keys.ts';
import { LIMITS } from './limits.ts';
import { comparing, get, put, range, remove, unchanged, type KeyValue } from './messages.ts';
import { keysAtOnce, noteSize } from './sizes.ts';
import { change, look, lookAll } from './transactions.ts';

/** What stays of a key when its entry is deleted: the highest epoch that wrote or sealed it, and the token of the last write. */
interface Slot {
  readonly epoch: Epoch;
  /** Empty when there was none. */
  readonly token: Token;
}

export function createKeyValueStore(client: Client, keys: Keys): KeyValueStore {
  return keyValueFrom(client.calls, {
    limits: LIMITS,

    async get(key, call) {
      const [found] = await look(client, [get(keys.value(key).entry)], call);
      return found === undefined ? null : toEntry(found);
    },

    async recover(key, fence, call) {
      const { slot, entry } = keys.value(key);
      const { first } = await change(
        client,
        [get(slot), get(entry)],
        ([found]) => {
          const stored = toSlot(found);
          checkEpoch(fence, stored.epoch);
          return fence.epoch > stored.epoch ? [put(slot, fromSlot({ ...stored, epoch: fence.epoch }))] : undefined;
        },
        'seal',
        call,
      );
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
      const end = endOf(entries + prefix);
      const [largest] = await look(client, [get(size)], call);
      const page: (KvEntry & { readonly key: string })[] = [];
      let from: Uint8Array = Buffer.from(entries + prefix);
      if (after !== undefined && Buffer.compare(behind(entries + after), from) > 0) from = behind(entries + after);
      while (page.length < limit) {
        const most = Math.min(keysAtOnce(largest), limit - page.length);
        const found = await lookAll(client, range(from, end, most), call);
        for (const each of found) page.push({ key: each.key.toString().slice(entries.length), ...toEntry(each) });
        const last = found.at(-1);
        if (last === undefined || found.length < most) break;
        from = behind(last.key);
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
    const ops = [
      put(slot, fromSlot({ epoch: fence.epoch, token })),
      ...(body === undefined
        ? [remove(entry)]
        : [put(entry, body), noteSize(keys.collection(key.namespace, key.collection).size, body.byteLength)]),
    ];
    // An entry of this revision is no work of the token; of its epoch it is enough to know that it is not higher.
    const guess =
      condition.if === 'rev' && /^[1-9]\d{0,14}$/.test(condition.rev)
        ? [unchanged(entry, Number(condition.rev)), comparing(slot, 'LESS', digits(fence.epoch + 1))]
        : undefined;
    const { first, revision } = await change(
      client,
      // Every write of an entry writes its slot, so that only that is compared.
      [get(slot), range(entry, behind(entry), 1, true)],
      ([found, there]) => {
        const stored = toSlot(found);
        if (stored.token === token) return undefined;
        checkEpoch(fence, stored.epoch);
        checkCondition(condition, revOf(there));
        return ops;
      },
      'write',
      call,
      guess && { compare: guess, success: ops },
    );
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
  const { facts, packed } = fromBody(found.value);
  const { token, epoch } = facts as Pick<KvEntry, 'token' | 'epoch'>;
  return { ...payloadOf(packed), rev: String(found.modRevision), token, epoch };
}

/** The epoch comes first, in a form that compares as it should. */
function fromSlot({ epoch, token }: Slot): string {
  return `${digits(epoch)} ${token}`;
}

function toSlot(found: KeyValue | undefined): Slot {
  const [epoch = 0, ...token] = found?.value.toString().split(' ') ?? [];
  return { epoch: Number(epoch), token: token.join(' ') };
}

function digits(epoch: Epoch): string {
  return String(epoch).padStart(16, '0');
}
