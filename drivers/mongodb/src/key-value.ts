import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '@stategate/journal-spi';
import type {
  DeleteRequest,
  Epoch,
  Fence,
  KeyValueStore,
  KvEntry,
  KvKey,
  KvWritten,
  OpOptions,
  PutRequest,
  Token,
} from '@stategate/journal-spi';
import { checkCondition, checkEpoch, eachInOrder, keyValueFrom } from '@stategate/journal-spi/kit';
import type { Filter, UpdateFilter } from 'mongodb';
import { LIMITS } from './limits.ts';
import { toPayload } from './store.ts';
import type { Store, StoredPayload } from './store.ts';

/** One key. The document stays when the entry is deleted or expires, for its epoch: without `payload` there is no entry. */
interface StoredValue extends KvKey, Partial<StoredPayload> {
  readonly _id: string;
  /** Below it nobody writes any more. */
  readonly epoch: Epoch;
  readonly token?: Token;
  readonly rev?: string;
  /** Of the last write, where `epoch` may be that of a recovery. */
  readonly writtenEpoch?: Epoch;
  readonly expiresAt?: Date;
}

type Live = StoredValue & StoredPayload & { readonly token: Token; readonly rev: string; readonly writtenEpoch: Epoch };

/** How often the bytes of expired entries are removed, by a process that writes such entries. */
const SWEEP_EVERY_MS = 60_000;
/** Others may write the key first, but each time somebody gets on. */
const ATTEMPTS = 50;

export function createKeyValueStore(store: Store): KeyValueStore {
  const values = store.collection<StoredValue>('values');
  let nextSweep = 0;

  return keyValueFrom(store.calls, {
    limits: LIMITS,
    get: async (key, call) => toEntry(live(await find(key, call), store.now())),
    recover: async (key, fence, call) => toEntry(live(await seal(key, fence, call), store.now())),
    putMany: (requests, call) =>
      eachInOrder(
        requests,
        ({ key }) => idOf(key),
        (request) => write(request, call),
      ),

    async list({ namespace, collection, prefix = '', after = '', limit }, options) {
      const found = await store.run('read', options, (limits) =>
        values
          .find(
            { namespace, collection, ...keysAfter(prefix, after), ...liveAt(store.now()) },
            { ...limits, promoteBuffers: true },
          )
          .sort({ key: 1 })
          .limit(limit)
          .toArray(),
      );
      // Keys with one prefix are neighbours.
      const end = found.findIndex(({ key }) => !key.startsWith(prefix));
      return found.slice(0, end === -1 ? limit : end).flatMap((value) => {
        const entry = toEntry(live(value, store.now()));
        return entry === null ? [] : [{ ...entry, key: value.key }];
      });
    },
  });

  /** One conditional write; only when it does not fit, the key is read to see why. */
  async function write(request: PutRequest | DeleteRequest, options: OpOptions): Promise<KvWritten> {
    const { key, condition, fence, token } = request;
    const _id = idOf(key);
    const now = store.now();
    const rev = randomUUID();
    const filter = {
      _id,
      epoch: { $lte: fence.epoch },
      token: { $ne: token },
      ...(condition.if === 'absent' ? absentAt(now) : {}),
      ...(condition.if === 'exists' || condition.if === 'rev' ? liveAt(now) : {}),
      ...(condition.if === 'rev' ? { rev: condition.rev } : {}),
    };
    const update = updateOf(request, rev, now);
    const upsert = condition.if === 'any' || condition.if === 'absent';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const before = await store.run('write', options, async (limits) => {
        try {
          return await values.findOneAndUpdate(filter, update, {
            ...limits,
            upsert,
            projection: { payload: 0, meta: 0 },
          });
        } catch (error) {
          if (store.isDuplicate(error)) return undefined;
          throw error;
        }
      });
      if (before || (before === null && upsert)) {
        const existed = before !== null && before.rev !== undefined && !expired(before, now);
        return { rev: request.value === null ? null : rev, duplicate: false, existed };
      }
      const value = await find(key, options);
      const entry = live(value, now);
      if (value?.token === token) {
        return { rev: value.rev ?? null, duplicate: true, existed: entry !== undefined };
      }
      checkEpoch(fence, value?.epoch ?? 0);
      checkCondition(condition, entry?.rev);
      await sleep(Math.random() * 4 * attempt);
    }
    // Perhaps by this very write, resubmitted before a majority had it.
    throw new StoreError('AmbiguousWrite', `others wrote the key "${key.key}" each time it was tried`);
  }

  function updateOf(
    { key, value, fence, token, ...rest }: PutRequest | DeleteRequest,
    rev: string,
    now: number,
  ): UpdateFilter<StoredValue> {
    const { namespace, collection, key: name } = key;
    const common = { epoch: fence.epoch, writtenEpoch: fence.epoch, token };
    const names = { namespace, collection, key: name };
    if (value === null) {
      return { $set: common, $setOnInsert: names, $unset: { rev: 1, manifest: 1, payload: 1, meta: 1, expiresAt: 1 } };
    }
    const { manifest, payload, meta } = value;
    const ttlMs = 'ttlMs' in rest ? rest.ttlMs : undefined;
    if (typeof ttlMs === 'number') sweep(now);
    return {
      $set: {
        ...common,
        rev,
        manifest,
        payload,
        ...(meta === undefined ? {} : { meta }),
        ...(typeof ttlMs === 'number' ? { expiresAt: new Date(Math.ceil(now + ttlMs)) } : {}),
      },
      $setOnInsert: names,
      $unset: { ...(meta === undefined ? { meta: 1 } : {}), ...(typeof ttlMs === 'number' ? {} : { expiresAt: 1 }) },
    };
  }

  /** The index that lets the server remove expired documents would remove their epochs, too. */
  function sweep(now: number): void {
    if (now < nextSweep) return;
    nextSweep = now + SWEEP_EVERY_MS;
    const removed = store.run('seal', {}, (limits) =>
      values.updateMany(
        { expiresAt: { $lte: new Date(now) } },
        { $unset: { rev: 1, manifest: 1, payload: 1, meta: 1, expiresAt: 1 } },
        limits,
      ),
    );
    // What is not removed now is removed later: until then it only takes space.
    removed.catch(() => undefined);
  }

  /** No write when the epoch is there. Waits for a majority all the same: so it is the primary that answers. */
  async function seal(key: KvKey, fence: Fence, options: OpOptions): Promise<StoredValue | null> {
    const { namespace, collection, key: name } = key;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const sealed = await store.run('seal', options, async (limits) => {
        try {
          return await values.findOneAndUpdate(
            { _id: idOf(key), epoch: { $lte: fence.epoch } },
            { $max: { epoch: fence.epoch }, $setOnInsert: { namespace, collection, key: name } },
            { ...limits, upsert: true, returnDocument: 'after', promoteBuffers: true },
          );
        } catch (error) {
          if (store.isDuplicate(error)) return null;
          throw error;
        }
      });
      if (sealed !== null) return sealed;
      checkEpoch(fence, (await find(key, options))?.epoch ?? 0);
      await sleep(Math.random() * 4 * attempt);
    }
    throw new StoreError('StoreUnavailable', `others wrote the key "${key.key}" each time it was tried`);
  }

  function find(key: KvKey, options: OpOptions): Promise<StoredValue | null> {
    return store.run('read', options, (limits) =>
      values.findOne({ _id: idOf(key) }, { ...limits, promoteBuffers: true }),
    );
  }
}

function idOf({ namespace, collection, key }: KvKey): string {
  return JSON.stringify([namespace, collection, key]);
}

function expired({ expiresAt }: StoredValue, now: number): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= now;
}

function live(value: StoredValue | null, now: number): Live | undefined {
  if (value === null || expired(value, now)) return undefined;
  const { manifest, payload, token, rev, writtenEpoch } = value;
  if (manifest === undefined || payload === undefined) return undefined;
  if (token === undefined || rev === undefined || writtenEpoch === undefined) return undefined;
  return { ...value, manifest, payload, token, rev, writtenEpoch };
}

/** From the prefix on, or behind the key where that is later: in the order of bytes. */
function keysAfter(prefix: string, after: string): Filter<StoredValue> {
  return { key: Buffer.compare(Buffer.from(after), Buffer.from(prefix)) < 0 ? { $gte: prefix } : { $gt: after } };
}

/** Whether there is an entry, for the server. */
function liveAt(now: number): Filter<StoredValue> {
  return { payload: { $exists: true }, expiresAt: { $not: { $lte: new Date(now) } } };
}

function absentAt(now: number): Filter<StoredValue> {
  return { $or: [{ payload: { $exists: false } }, { expiresAt: { $lte: new Date(now) } }] };
}

function toEntry(entry: Live | undefined): KvEntry | null {
  return entry === undefined
    ? null
    : { ...toPayload(entry), rev: entry.rev, token: entry.token, epoch: entry.writtenEpoch };
}
