import { StoreError } from '@stategate/journal-spi';
import type {
  DeleteRequest,
  KeyValueStore,
  KvCondition,
  KvEntry,
  KvKey,
  KvListQuery,
  KvWritten,
  PutRequest,
} from '@stategate/journal-spi';
import { checkEpoch, eachInOrder, keyValueFrom, unmet } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { decodeOne, dropParts, encodeOne, loadBody, partsOf, withBody } from './bodies.ts';
import { number, numberOf, partition, text, textOf } from './items.ts';
import type { Item, Key } from './items.ts';
import { LIMITS } from './limits.ts';
import type { Table } from './table.ts';

/** An item stays for good once it was written or sealed: its epoch, version and last token must not be forgotten. */
const LIVE = '(attribute_exists(n) AND (attribute_not_exists(x) OR x > :now))';

/** Of every write: no higher epoch, not this token again. */
const ACCEPTED = '(attribute_not_exists(e) OR e <= :e) AND (attribute_not_exists(t) OR t <> :t)';

export function createKeyValueStore(table: Table): KeyValueStore {
  return keyValueFrom(table.calls, {
    limits: LIMITS,
    get: (key, call) => read(table, itemKey(key), call),

    async recover(key, fence, call) {
      const at = itemKey(key);
      const sealed = await table.get(at, call, 'e');
      if (sealed === undefined || numberOf(sealed, 'e') !== fence.epoch) {
        const when = 'attribute_not_exists(e) OR e <= :e';
        const seal = { change: 'SET e = :e', when, values: { ':e': number(fence.epoch) } };
        const { written, item } = await table.update(at, seal, call);
        if (!written) checkEpoch(fence, numberOf(item, 'e'));
      }
      return read(table, at, call);
    },

    putMany: (requests, call) =>
      eachInOrder(
        requests,
        ({ key }) => JSON.stringify(itemKey(key)),
        (request) => write(table, request, call),
      ),

    list: (query, call) => list(table, query, call),
  });
}

/** One conditional update. When it is refused, the item that comes back says why: token, then epoch, then condition. */
async function write(table: Table, request: PutRequest | DeleteRequest, call: Call): Promise<KvWritten> {
  const { key, value, condition, fence, token } = request;
  const now = table.now();
  const when = [ACCEPTED, ...CONDITIONS[condition.if]].join(' AND ');
  const values: Item = {
    ':e': number(fence.epoch),
    ':t': text(token),
    ':one': number(1),
    ...(condition.if !== 'any' && { ':now': number(now) }),
    ...(condition.if === 'rev' && { ':rev': number(revision(condition.rev)) }),
  };
  const send = (change: string, more: Item) => {
    const update = { change, when, values: { ...values, ...more }, returns: 'ALL_OLD' } as const;
    return table.update(itemKey(key), update, call, 'write');
  };
  const { written, item } =
    value === null
      ? await send('SET e = :e, y = :e, t = :t REMOVE n, b, p, x ADD v :one', {})
      : await withBody(table, encodeOne(value), call, (body) => {
          const sets: Item = { ...body, ...(request.ttlMs && { x: number(now + request.ttlMs) }) };
          const removes = ['b', 'p', 'x'].filter((name) => !(name in sets));
          const set = Object.keys(sets).map((name) => `${name} = :set_${name}`);
          const more = Object.fromEntries(Object.entries(sets).map(([name, each]) => [`:set_${name}`, each]));
          return send(`SET e = :e, y = :e, t = :t, ${set.join(', ')} REMOVE ${removes.join(', ')} ADD v :one`, more);
        });
  const existed = isLive(item, now);
  if (written) {
    await dropParts(table, partsOf(item));
    return { rev: value === null ? null : String(numberOf(item, 'v') + 1), duplicate: false, existed };
  }
  const rev = 'n' in item ? textRevision(item) : null;
  if (textOf(item, 't') === token) return { rev, duplicate: true, existed };
  checkEpoch(fence, numberOf(item, 'e'));
  throw unmet(condition, existed ? textRevision(item) : undefined);
}

const CONDITIONS: Readonly<Record<KvCondition['if'], readonly string[]>> = {
  any: [],
  absent: [`NOT ${LIVE}`],
  exists: [LIVE],
  rev: [LIVE, 'v = :rev'],
};

async function read(table: Table, key: Key, call: Call): Promise<KvEntry | null> {
  for (let before: Item | undefined; ;) {
    const item = await table.get(key, call);
    if (item === undefined || !isLive(item, table.now())) return null;
    const entry = await toEntry(table, item, call);
    if (entry !== undefined) return entry;
    // Parts are gone: another value must have taken the place of this one.
    if (before !== undefined && textRevision(before) === textRevision(item)) {
      throw new StoreError('IntegrityError', `parts of the value of ${JSON.stringify(key)} are missing`);
    }
    before = item;
  }
}

async function list(
  table: Table,
  { namespace, collection, prefix = '', after, limit }: KvListQuery,
  call: Call,
): Promise<readonly (KvEntry & { readonly key: string })[]> {
  const pk = partition('values', namespace, collection);
  const found: (KvEntry & { readonly key: string })[] = [];
  // DynamoDB refuses to start outside of what is asked for.
  const inside = after === undefined || after.startsWith(prefix);
  if (!inside && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0) return found;
  const values = { ':now': number(table.now()) };
  let next = inside ? after : undefined;
  do {
    const query = { prefix, after: next, limit: limit - found.length, filter: LIVE, values };
    const page = await table.query(pk, query, call);
    for (const item of page.items) {
      const key = textOf(item, 'sk');
      const entry = (await toEntry(table, item, call)) ?? (await read(table, { pk, sk: key }, call));
      if (entry !== null) found.push({ key, ...entry });
    }
    ({ next } = page);
  } while (next !== undefined && found.length < limit);
  return found;
}

async function toEntry(table: Table, item: Item, call: Call): Promise<KvEntry | undefined> {
  const body = await loadBody(table, item, call);
  if (body === undefined) return undefined;
  return { rev: textRevision(item), token: textOf(item, 't'), epoch: numberOf(item, 'y'), ...decodeOne(body) };
}

function isLive(item: Item, now: number): boolean {
  return 'n' in item && (!('x' in item) || numberOf(item, 'x') > now);
}

function textRevision(item: Item): string {
  return String(numberOf(item, 'v'));
}

/** What is no revision of ours is none of any entry. */
function revision(rev: string): number {
  return /^\d{1,15}$/.test(rev) ? Number(rev) : -1;
}

function itemKey({ namespace, collection, key }: KvKey): Key {
  return { pk: partition('values', namespace, collection), sk: key };
}
