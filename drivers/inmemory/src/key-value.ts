import type {
  DeleteRequest,
  KeyValueStore,
  KvEntry,
  KvKey,
  KvListQuery,
  KvWritten,
  PutRequest,
} from '@stategate/journal-spi';
import { checkCondition, checkEpoch, keyValueFrom, outcomeOf, payloadBytes } from '@stategate/journal-spi/kit';
import type { Calls } from '@stategate/journal-spi/kit';
import { copyPayload, flat, mapKey } from './database.ts';
import type { Collection, Database, Slot, Sorted, Value } from './database.ts';
import { LIMITS } from './limits.ts';

export function createKeyValueStore(database: Database, calls: Calls, now: () => number): KeyValueStore {
  return keyValueFrom(calls, {
    limits: LIMITS,

    async get({ namespace, collection, key }) {
      return liveEntry(database.collections.get(mapKey(namespace, collection))?.slots.get(key), now());
    },

    async recover(key, fence) {
      const slot = ensureSlot(database, key);
      checkEpoch(fence, slot.epoch);
      slot.epoch = fence.epoch;
      return liveEntry(slot, now());
    },

    async putMany(requests) {
      const at = now();
      return requests.map((request) => outcomeOf(() => write(database, request, at)));
    },

    list: async (query) => list(database, query, now()),
  });
}

/** Token, then epoch, then condition. */
function write(database: Database, request: PutRequest | DeleteRequest, now: number): KvWritten {
  const { fence, token } = request;
  const slot = ensureSlot(database, request.key);
  const current = liveValue(slot, now);
  if (slot.token === token) return { rev: slot.value?.rev ?? null, duplicate: true, existed: current !== undefined };
  checkEpoch(fence, slot.epoch);
  checkCondition(request.condition, current?.rev);

  const value = request.value === null ? undefined : valueOf(database, request, now);
  if (value !== undefined) takeFor(database, value, now);
  dropValue(database, slot);
  slot.value = value;
  slot.token = flat(token);
  slot.epoch = fence.epoch;
  return { rev: value?.rev ?? null, duplicate: false, existed: current !== undefined };
}

/** Room for a value. Expired ones give theirs back only when it is needed. */
function takeFor(database: Database, value: Value, now: number): void {
  const bytes = payloadBytes(value);
  if (!database.hasRoom(1, bytes)) {
    for (const { slots } of database.collections.values()) {
      for (const slot of slots.values()) if (liveValue(slot, now) === undefined) dropValue(database, slot);
    }
  }
  database.take(1, bytes);
}

function dropValue(database: Database, slot: Slot): void {
  if (slot.value !== undefined) database.free(1, payloadBytes(slot.value));
  slot.value = undefined;
}

function list(
  database: Database,
  { namespace, collection: name, prefix = '', after, limit }: KvListQuery,
  now: number,
) {
  const collection = database.collections.get(mapKey(namespace, name));
  if (collection === undefined) return [];
  collection.sorted ??= sortedByBytes(collection);
  const afterBytes = after === undefined ? undefined : Buffer.from(after);
  const entries: (KvEntry & { readonly key: string })[] = [];
  for (const { bytes, slot } of collection.sorted) {
    if (entries.length === limit) break;
    if (!slot.key.startsWith(prefix)) continue;
    if (afterBytes !== undefined && Buffer.compare(bytes, afterBytes) <= 0) continue;
    const entry = liveEntry(slot, now);
    if (entry !== null) entries.push({ key: slot.key, ...entry });
  }
  return entries;
}

/** Not the order of JavaScript's strings: in UTF-16 an emoji comes before U+FFFD, in UTF-8 after it. */
function sortedByBytes({ slots }: Collection): Sorted[] {
  const keyed = Array.from(slots.values(), (slot) => ({ slot, bytes: Buffer.from(slot.key) }));
  return keyed.toSorted((a, b) => Buffer.compare(a.bytes, b.bytes));
}

function ensureSlot(database: Database, { namespace, collection: name, key }: KvKey): Slot {
  const mapped = mapKey(namespace, name);
  const collection: Collection = database.collections.get(mapped) ?? { slots: new Map(), sorted: undefined };
  const found = collection.slots.get(key);
  if (found !== undefined) return found;
  database.take(1, mapped.length + key.length);
  const slot: Slot = { key, epoch: 0, token: '', value: undefined };
  collection.slots.set(key, slot);
  collection.sorted = undefined;
  database.collections.set(mapped, collection);
  return slot;
}

function liveValue(slot: Slot | undefined, now: number): Value | undefined {
  return slot?.value !== undefined && slot.value.expiresAt > now ? slot.value : undefined;
}

function valueOf(database: Database, { value, ttlMs, fence }: PutRequest, now: number): Value {
  const expiresAt = now + (ttlMs ?? Infinity);
  return { ...copyPayload(value), rev: database.nextRevision(), epoch: fence.epoch, expiresAt };
}

function liveEntry(slot: Slot | undefined, now: number): KvEntry | null {
  const value = liveValue(slot, now);
  if (slot === undefined || value === undefined) return null;
  return { ...copyPayload(value), rev: value.rev, token: slot.token, epoch: value.epoch };
}
