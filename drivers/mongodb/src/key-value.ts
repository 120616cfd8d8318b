import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  DeleteRequest,
  Epoch,
  Fence,
  KeyValueStore,
  KvCondition,
  KvEntry,
  KvKey,
  KvWritten,
  PutRequest,
  Token,
} from '@stategate/journal-spi';
import {
  checkCondition,
  checkEpoch,
  decodeOne,
  eachInOrder,
  encodePacked,
  keyValueFrom,
  lost,
} from '@stategate/journal-spi/kit';
import type { Call, Effect } from '@stategate/journal-spi/kit';
import type { Document, Filter, FindOneAndUpdateOptions, UpdateFilter } from 'mongodb';
import { DUPLICATE_KEY } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { Store } from './store.ts';

/** One key. The document stays when the entry is deleted or expires, for its epoch. */
interface StoredValue extends KvKey {
  readonly _id: string;
  /** Below it nobody writes any more. */
  readonly epoch: Epoch;
  /** Of the last write. */
  readonly token?: Token;
  /** With the epoch of its write, where the key's may be that of a recovery. */
  readonly entry?: { readonly rev: string; readonly epoch: Epoch; readonly body: Uint8Array };
  readonly expiresAt?: Date;
}

/** How often the bytes of expired entries are removed, by a process that writes such entries. */
const SWEEP_EVERY_MS = 60_000;
/** How often others may write the key first. */
const ATTEMPTS = 50;

const NO_ENTRY = { $unset: { entry: 1, expiresAt: 1 } } as const;
const NO_BODY: Document = { 'entry.body': 0 };

export function createKeyValueStore(store: Store): KeyValueStore {
  const values = store.collection<StoredValue>('values');
  let nextSweep = 0;

  return keyValueFrom(store.calls, {
    limits: LIMITS,
    get: async (key, call) => toEntry(await find(key, call), store.now()),
    recover: async (key, fence, call) => toEntry(await seal(key, fence, call), store.now()),
    putMany: (requests, call) =>
      eachInOrder(
        requests,
        ({ key }) => idOf(key),
        (request) => write(request, call),
      ),

    async list({ namespace, collection, prefix = '', after = '', limit }, call) {
      const now = store.now();
      const filter = { namespace, collection, ...keysAfter(prefix, after), ...liveAt(now) };
      const found = await store.run('read', call, (limits) =>
        values.find(filter, limits).sort({ key: 1 }).limit(limit).toArray(),
      );
      return found.flatMap((value) => {
        const entry = value.key.startsWith(prefix) ? toEntry(value, now) : null;
        return entry === null ? [] : [{ ...entry, key: value.key }];
      });
    },
  });

  /** One conditional write; only when it does not fit, the key is read to see why. */
  function write(request: PutRequest | DeleteRequest, call: Call): Promise<KvWritten> {
    const { key, condition, fence, token } = request;
    const now = store.now();
    const rev = request.value === null ? null : randomUUID();
    const filter = { epoch: { $lte: fence.epoch }, token: { $ne: token }, ...wanted(condition, now) };
    const change = changeOf(request, rev, now);
    const upsert = condition.if === 'any' || condition.if === 'absent';
    return whileOthersWrite('write', key, async () => {
      const before = await update('write', key, filter, change, { upsert, projection: NO_BODY }, call);
      if (before || (before === null && upsert)) {
        return { rev, duplicate: false, existed: revOf(before, now) !== undefined };
      }
      const value = await find(key, call, NO_BODY);
      const current = revOf(value, now);
      if (value?.token === token) {
        return { rev: value.entry?.rev ?? null, duplicate: true, existed: current !== undefined };
      }
      checkEpoch(fence, value?.epoch ?? 0);
      checkCondition(condition, current);
      return undefined;
    });
  }

  /** No write when the epoch is there. Waits for a majority all the same: so it is the primary that answers. */
  function seal(key: KvKey, fence: Fence, call: Call): Promise<StoredValue> {
    const { epoch } = fence;
    return whileOthersWrite('seal', key, async () => {
      const change = { $max: { epoch }, $setOnInsert: namesOf(key) };
      const how = { upsert: true, returnDocument: 'after' } as const;
      const sealed = await update('seal', key, { epoch: { $lte: epoch } }, change, how, call);
      if (sealed) return sealed;
      checkEpoch(fence, (await find(key, call, NO_BODY))?.epoch ?? 0);
      return undefined;
    });
  }

  /** Undefined when the key's document does not fit, or was made by somebody else just now. */
  function update(
    effect: Effect,
    key: KvKey,
    where: Filter<StoredValue>,
    change: UpdateFilter<StoredValue>,
    how: FindOneAndUpdateOptions,
    call: Call,
  ): Promise<StoredValue | null | undefined> {
    const filter = { _id: idOf(key), ...where };
    return store.run(effect, call, (limits) =>
      values
        .findOneAndUpdate(filter, change, { ...how, ...limits })
        .catch(store.onCode(DUPLICATE_KEY, () => undefined)),
    );
  }

  /** The index that lets the server remove expired documents would remove their epochs, too. */
  function sweep(now: number): void {
    if (now < nextSweep) return;
    nextSweep = now + SWEEP_EVERY_MS;
    const over = { expiresAt: { $lte: new Date(now) } };
    // What is not removed now is removed later: until then it only takes space.
    store.run('seal', {}, (limits) => values.updateMany(over, NO_ENTRY, limits)).catch(() => undefined);
  }

  function changeOf(request: PutRequest | DeleteRequest, rev: string | null, now: number): UpdateFilter<StoredValue> {
    const { key, fence, token } = request;
    const set = { epoch: fence.epoch, token };
    if (request.value === null || rev === null) return { $set: set, $setOnInsert: namesOf(key), ...NO_ENTRY };
    const entry = { rev, epoch: fence.epoch, body: encodePacked([request.value]) };
    const { ttlMs = null } = request;
    if (ttlMs === null) return { $set: { ...set, entry }, $setOnInsert: namesOf(key), $unset: { expiresAt: 1 } };
    sweep(now);
    const expiresAt = new Date(Math.ceil(now + ttlMs));
    return { $set: { ...set, entry, expiresAt }, $setOnInsert: namesOf(key) };
  }

  function find(key: KvKey, call: Call, projection?: Document): Promise<StoredValue | null> {
    return store.run('read', call, (limits) =>
      values.findOne({ _id: idOf(key) }, { ...limits, ...(projection && { projection }) }),
    );
  }
}

/** Each time somebody gets on. */
async function whileOthersWrite<T>(effect: Effect, { key }: KvKey, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let attempts = 1; attempts <= ATTEMPTS; attempts += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    await sleep(Math.random() * 4 * attempts);
  }
  // Perhaps by this very write, resubmitted before a majority had it.
  throw lost(effect, 'StoreUnavailable', `others wrote the key "${key}" each time it was tried`);
}

function idOf({ namespace, collection, key }: KvKey): string {
  return JSON.stringify([namespace, collection, key]);
}

function namesOf({ namespace, collection, key }: KvKey): KvKey {
  return { namespace, collection, key };
}

/** Of the entry, while there is one. */
function revOf(value: StoredValue | null, now: number): string | undefined {
  const { entry, expiresAt } = value ?? {};
  return expiresAt !== undefined && expiresAt.getTime() <= now ? undefined : entry?.rev;
}

function toEntry(value: StoredValue | null, now: number): KvEntry | null {
  if (value?.entry === undefined || value.token === undefined || revOf(value, now) === undefined) return null;
  const { rev, epoch, body } = value.entry;
  return { ...decodeOne(body), rev, token: value.token, epoch };
}

/** Whether there is an entry, for the server. */
function liveAt(now: number): Filter<StoredValue> {
  return { entry: { $exists: true }, expiresAt: { $not: { $lte: new Date(now) } } };
}

/** The condition, for the server. */
function wanted(condition: KvCondition, now: number): Filter<StoredValue> {
  if (condition.if === 'any') return {};
  if (condition.if === 'absent')
    return { $or: [{ entry: { $exists: false } }, { expiresAt: { $lte: new Date(now) } }] };
  return { ...liveAt(now), ...(condition.if === 'rev' && { 'entry.rev': condition.rev }) };
}

/** From the prefix on, or behind the key where that is later: in the order of bytes. */
function keysAfter(prefix: string, after: string): Filter<StoredValue> {
  return { key: Buffer.compare(Buffer.from(after), Buffer.from(prefix)) < 0 ? { $gte: prefix } : { $gt: after } };
}
