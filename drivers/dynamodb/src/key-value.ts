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
import { checkEpoch, decodeOne, eachInOrder, encodePacked, keyValueFrom, unmet } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { dropParts, loadBody, partsOf, withBody } from './bodies.ts';
import { number, numberOf, partition, text, textOf } from './items.ts';
import type { Item, Key } from './items.ts';
import { LIMITS } from './limits.ts';
import { NOT_FENCED } from './table.ts';
import type { Table, Written } from './table.ts';

/** An item stays for good once it was written or sealed: its epoch, version and last token must not be forgotten. */
const LIVE = '(attribute_exists(n) AND (attribute_not_exists(x) OR x > :now))';

/** Of every write: no higher epoch, not this token again. */
const ACCEPTED = `${NOT_FENCED} AND (attribute_not_exists(t) OR t <> :t)`;

export function createKeyValueStore(table: Table): KeyValueStore {
  return keyValueFrom(table.calls, {
    limits: LIMITS,

    async get(key, call) {
      const at = itemKey(key);
      return entryOf(table, at, await table.get(at, call), call);
    },

    async recover(key, fence, call) {
      const at = itemKey(key);
      return entryOf(table, at, await table.seal(at, fence, call), call);
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
  function send(sets: Item): Promise<Written> {
    const set = Object.keys(sets).map((name) => `, ${name} = :set_${name}`);
    const removes = ['n', 'b', 'p', 'x'].filter((name) => !(name in sets));
    const more = Object.fromEntries(Object.entries(sets).map(([name, each]) => [`:set_${name}`, each]));
    const change = `SET e = :e, y = :e, t = :t${set.join('')} REMOVE ${removes.join(', ')} ADD v :one`;
    const update = { change, when, values: { ...values, ...more }, returns: 'ALL_OLD' } as const;
    return table.update(itemKey(key), update, call, 'write');
  }
  const { written, item } =
    value === null
      ? await send({})
      : await withBody(table, encodePacked([value]), call, (body) =>
          send({ ...body, ...(request.ttlMs && { x: number(now + request.ttlMs) }) }),
        );
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

/** What an item holds. Where parts are gone, another value must have taken the place of this one: then that. */
async function entryOf(table: Table, key: Key, item: Item | undefined, call: Call): Promise<KvEntry | null> {
  if (item === undefined || !isLive(item, table.now())) return null;
  const rev = textRevision(item);
  const body = await loadBody(table, item, call);
  if (body !== undefined) return { rev, token: textOf(item, 't'), epoch: numberOf(item, 'y'), ...decodeOne(body) };
  const now = await table.get(key, call);
  if (now === undefined || textRevision(now) !== rev) return entryOf(table, key, now, call);
  throw new StoreError('IntegrityError', `parts of the value of ${JSON.stringify(key)} are missing`);
}

async function list(
  table: Table,
  { namespace, collection, prefix = '', after, limit }: KvListQuery,
  call: Call,
): Promise<readonly (KvEntry & { readonly key: string })[]> {
  const pk = partition('values', namespace, collection);
  // DynamoDB refuses to start outside of what is asked for.
  const inside = after === undefined || after.startsWith(prefix);
  if (!inside && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) > 0) return [];
  const values = { ':now': number(table.now()) };
  const query = { prefix, after: inside ? after : undefined, limit, filter: LIVE, values };
  const { found } = await table.list(pk, query, call, async (item) => {
    const key = textOf(item, 'sk');
    const entry = await entryOf(table, { pk, sk: key }, item, call);
    return entry && { key, ...entry };
  });
  return found;
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
