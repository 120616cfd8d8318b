import { randomUUID } from 'node:crypto';
import type {
  DeleteRequest,
  Epoch,
  Fence,
  KeyValueStore,
  KvEntry,
  KvKey,
  KvWritten,
  Limits,
  OpOptions,
  PutRequest,
  Token,
} from '@stategate/journal-spi';
import { checkCondition, checkEpoch, decodeOne, encodePacked, keyValueFrom, settled } from '@stategate/journal-spi/kit';
import { Lanes } from './lanes.ts';
import { createNames } from './names.ts';
import { bytesOf, numberOf, requiredNumber, textOf } from './rows.ts';
import type { Session, Statement } from './session.ts';

const SECOND_MS = 1000;
/** Longer ones are only checked when read: servers may not be able to count so far. */
const MAX_NATIVE_TTL_S = 365 * 24 * 3600;

/** A key that was ever written or sealed. The row stays after a deletion: its epoch and last token must not be forgotten. */
interface Slot {
  /** Changes with every write, deletions and seals of unknown keys included. */
  readonly rev: string;
  readonly sealed: Epoch;
  /** Of the last write; empty while there was none. */
  readonly token: Token;
  readonly epoch: Epoch;
  readonly expiresAt: number;
  /** Undefined when there is no value, or no more. */
  readonly body: Uint8Array | undefined;
}

export function createKeyValueStore(session: Session, limits: Limits, now: () => number): KeyValueStore {
  const table = session.table('values');
  const theKey = 'ns = ? AND coll = ? AND key = ?';
  const readCql = `SELECT rev, sealed, write_token, epoch, expires, body FROM ${table} WHERE ${theKey}`;
  const unchanged = 'IF rev = ? AND sealed = ?';
  const writeCql = `UPDATE ${table} SET rev = ?, sealed = ?, write_token = ?, epoch = ?, expires = ?, body = ? WHERE ${theKey} ${unchanged}`;
  const bodyCql = `UPDATE ${table} USING TTL ? SET body = ? WHERE ${theKey}`;
  const sealCql = `UPDATE ${table} SET rev = ?, sealed = ? WHERE ${theKey} ${unchanged}`;
  const names = createNames(session, 'value_names', ['ns', 'coll'], ['key']);
  const lanes = new Lanes<Slot>();

  return keyValueFrom(session.calls, {
    limits,
    get: async (key, call) => entryOf(await read(key, call)),
    recover: (key, fence, call) => lanes.run(keyOf(key), call, async () => entryOf(await seal(key, fence, call))),
    putMany: (requests, call) => Promise.all(requests.map((request) => settled(write(request, call)))),

    list({ namespace, collection, prefix = '', after = '', limit }, call) {
      const isAfter = Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0;
      async function find([key = '']: readonly string[]) {
        const entry = entryOf(await read({ namespace, collection, key }, call));
        return entry && { key, ...entry };
      }
      const range = isAfter ? { than: '>' as const, start: [after] } : { than: '>=' as const, start: [prefix] };
      const isWanted = ([key = '']: readonly string[]) => key.startsWith(prefix);
      return names.list([namespace, collection], { ...range, limit, isWanted, find }, call);
    },
  });

  function write(request: PutRequest | DeleteRequest, options: OpOptions): Promise<KvWritten> {
    const { key, fence, token } = request;
    return lanes.run(keyOf(key), options, async (turn) => {
      // Who had to wait decides on what the one before left: revisions do not come back, epochs only grow.
      for (let slot = turn.before ?? (await read(key, options)); ; slot = await read(key, options)) {
        turn.after = slot;
        const existed = isLive(slot);
        if (slot?.token === token) return { rev: existed ? slot.rev : null, duplicate: true, existed };
        checkEpoch(fence, slot?.sealed ?? 0);
        checkCondition(request.condition, existed ? slot?.rev : undefined);

        turn.after = undefined;
        if (request.value !== null && !existed) await names.add([key.namespace, key.collection], [key.key], options);
        const next = slotOf(request);
        if ((await session.cas(statements(key, slot, next), options)).applied) {
          turn.after = next;
          return { rev: next.body === undefined ? null : next.rev, duplicate: false, existed };
        }
      }
    });
  }

  function slotOf(request: PutRequest | DeleteRequest): Slot {
    const { fence, token, value } = request;
    const { epoch } = fence;
    const ttlMs = (request.value === null ? undefined : request.ttlMs) ?? Infinity;
    const body = value === null ? undefined : encodePacked([value]);
    return { rev: randomUUID(), sealed: epoch, token, epoch, expiresAt: Math.ceil(now() + ttlMs), body };
  }

  /** The value alone is given a time by the server: the rest of the row must stay. */
  function statements(key: KvKey, before: Slot | undefined, next: Slot): readonly Statement[] {
    const { rev, sealed, token, epoch, expiresAt, body } = next;
    const ttl = Math.ceil((expiresAt - now()) / SECOND_MS) + 1;
    const native = body !== undefined && ttl <= MAX_NATIVE_TTL_S;
    const expires = expiresAt === Infinity ? null : expiresAt;
    const written = native ? undefined : (body ?? null);
    const params = [rev, sealed, token, epoch, expires, written, ...keyOf(key), ...stampOf(before)];
    const row = { cql: writeCql, params };
    return native ? [row, { cql: bodyCql, params: [Math.max(ttl, 1), body, ...keyOf(key)] }] : [row];
  }

  async function seal(key: KvKey, fence: Fence, options: OpOptions): Promise<Slot | undefined> {
    for (;;) {
      const slot = await read(key, options, 'serial');
      checkEpoch(fence, slot?.sealed ?? 0);
      if (slot?.sealed === fence.epoch) return slot;
      const params = [slot?.rev ?? randomUUID(), fence.epoch, ...keyOf(key), ...stampOf(slot)];
      if ((await session.cas([{ cql: sealCql, params }], options, 'seal')).applied) return slot;
    }
  }

  async function read(key: KvKey, options: OpOptions, consistency?: 'serial'): Promise<Slot | undefined> {
    const [row] = await session.select({ cql: readCql, params: keyOf(key) }, options, consistency);
    if (row === undefined) return undefined;
    return {
      rev: textOf(row, 'rev'),
      sealed: requiredNumber(row, 'sealed'),
      token: row['write_token'] === null ? '' : textOf(row, 'write_token'),
      epoch: numberOf(row, 'epoch') ?? 0,
      expiresAt: numberOf(row, 'expires') ?? Infinity,
      body: bytesOf(row, 'body'),
    };
  }

  function isLive(slot: Slot | undefined): slot is Slot & { readonly body: Uint8Array } {
    return slot?.body !== undefined && slot.expiresAt > now();
  }

  function entryOf(slot: Slot | undefined): KvEntry | null {
    if (!isLive(slot)) return null;
    const { rev, token, epoch, body } = slot;
    return { ...decodeOne(body), rev, token, epoch };
  }
}

function keyOf({ namespace, collection, key }: KvKey): readonly [string, string, string] {
  return [namespace, collection, key];
}

/** What a write finds unchanged since it was decided. */
function stampOf(slot: Slot | undefined): readonly [rev: string | null, sealed: Epoch | null] {
  return slot === undefined ? [null, null] : [slot.rev, slot.sealed];
}
