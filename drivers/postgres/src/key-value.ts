import { isStoreError } from '@stategate/journal-spi';
import type {
  DeleteRequest,
  Fence,
  KeyValueStore,
  KvEntry,
  KvKey,
  KvWritten,
  OpOptions,
  Outcome,
  PutRequest,
} from '@stategate/journal-spi';
import { checkCondition, checkEpoch, keyValueFrom, outcomeOf, payloadBytes, settled } from '@stategate/journal-spi/kit';
import { int8Array, payloadArrays, textArray } from './arrays.ts';
import type { Connection } from './connection.ts';
import { serveGrouped } from './groups.ts';
import { LIMITS } from './limits.ts';
import { fromText, placeOf, toText } from './names.ts';
import { CONDITIONS } from './statements.ts';
import type { Statements } from './statements.ts';
import type { QueryBuilder } from './tables.ts';

type WriteRequest = PutRequest | DeleteRequest;

export function createKeyValueStore(
  connection: Connection,
  statements: Statements,
  { db, sql }: QueryBuilder,
): KeyValueStore {
  return keyValueFrom(connection.calls, {
    limits: LIMITS,
    get: async (key, call) => (await load(key, call)).entry,

    async recover(key, fence, call) {
      await seal([{ key, fence }], call);
      const { sealed, entry } = await load(key, call);
      checkEpoch(fence, sealed);
      return entry;
    },

    putMany: (requests, call) =>
      serveGrouped(requests, {
        place: ({ key }) => JSON.stringify(key),
        bytes: ({ value }) => (value === null ? 0 : payloadBytes(value)),
        serve: (group) => putGroup(group, call),
      }),

    async list(query, options) {
      const { prefix = '', after, limit } = query;
      let select = db
        .selectFrom('value')
        .select(['key', 'rev', 'token', 'written_epoch', 'manifest', 'payload', 'meta'])
        .where('place', '=', collectionOf(query))
        .where('key', '>=', toText(prefix))
        .where('payload', 'is not', null)
        .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '>', sql<Date>`now()`)]))
        .orderBy('key')
        .limit(limit);
      if (after !== undefined) select = select.where('key', '>', toText(after));
      const rows = await connection.query('read', select, options);
      const entries = rows.map(({ key, rev, token, written_epoch: epoch, manifest, payload, meta }) => ({
        key: fromText(key),
        ...toEntry([rev, token, epoch, manifest, payload, meta]),
      }));
      // Keys with one prefix are neighbours.
      const end = entries.findIndex(({ key }) => !key.startsWith(prefix));
      return end === -1 ? entries : entries.slice(0, end);
    },
  });

  async function load(key: KvKey, options: OpOptions) {
    const [row] = await connection.run('read', statements.value, [collectionOf(key), toText(key.key)], options);
    if (row === undefined) return { sealed: 0, entry: null };
    const [sealed, live, ...entry] = row;
    return { sealed, entry: live ? toEntry(entry) : null };
  }

  /** Raises the epochs of keys that have a lower one, and makes those that are not there. */
  async function seal(
    requests: readonly { readonly key: KvKey; readonly fence: Fence }[],
    options: OpOptions,
  ): Promise<void> {
    const values = [
      ...keysOf(requests),
      textArray(requests.map(({ key }) => toText(key.namespace))),
      textArray(requests.map(({ key }) => toText(key.collection))),
      int8Array(requests.map(({ fence }) => fence.epoch)),
    ];
    await connection.run('seal', statements.sealValue, values, options);
  }

  async function putGroup(
    group: readonly WriteRequest[],
    options: OpOptions,
  ): Promise<readonly (Outcome<KvWritten> | undefined)[]> {
    const rows = await connection.run('write', statements.put, () => putValues(group), options);
    const written = new Map(rows.map(([position, rev, existed]) => [position, { rev, existed }]));
    const refused = group.filter((_, n) => !written.has(n + 1));
    // What was written stays so, whatever becomes of the question why the others were not.
    const verdicts = refused.length === 0 ? [] : await settled(judge(refused, options));
    return group.map(({ value }, n) => {
      const row = written.get(n + 1);
      if (row === undefined) return isStoreError(verdicts) ? verdicts : verdicts.shift();
      return { rev: value === null ? null : String(row.rev), duplicate: false, existed: row.existed };
    });
  }

  /** Why these were not written; undefined where nothing stands in the way any more. */
  async function judge(
    refused: readonly WriteRequest[],
    options: OpOptions,
  ): Promise<(Outcome<KvWritten> | undefined)[]> {
    const values = [...keysOf(refused), textArray(refused.map(({ token }) => toText(token)))];
    const rows = await connection.run('read', statements.lookAtValue, values, options);
    const found = new Map(rows.map(([position, ...row]) => [position, row]));
    const verdicts = refused.map(({ condition, fence }, n) =>
      outcomeOf((): KvWritten | undefined => {
        const [epoch = 0, known, rev = 0, deleted, live, existed = false] = found.get(n + 1) ?? [];
        if (known) return { rev: deleted ? null : String(rev), duplicate: true, existed };
        checkEpoch(fence, epoch);
        checkCondition(condition, live ? String(rev) : undefined);
        return undefined;
      }),
    );
    const unknown = refused.filter((_, n) => !found.has(n + 1) && verdicts[n] === undefined);
    if (unknown.length > 0) await seal(unknown, options);
    return verdicts;
  }
}

function putValues(group: readonly WriteRequest[]): Buffer[] {
  return [
    ...keysOf(group),
    int8Array(group.map(({ fence }) => fence.epoch)),
    textArray(group.map(({ token }) => toText(token))),
    int8Array(group.map(({ condition }) => CONDITIONS.indexOf(condition.if))),
    // No entry has revision 0.
    int8Array(
      group.map(({ condition }) =>
        condition.if === 'rev' && /^\d{1,15}$/.test(condition.rev) ? Number(condition.rev) : 0,
      ),
    ),
    int8Array(group.map((request) => (request.value === null ? 0 : Math.ceil(request.ttlMs ?? 0)))),
    ...payloadArrays(group.map(({ value }) => value)),
  ];
}

function keysOf(requests: readonly { readonly key: KvKey }[]): Buffer[] {
  return [
    textArray(requests.map(({ key }) => collectionOf(key))),
    textArray(requests.map(({ key }) => toText(key.key))),
  ];
}

function collectionOf({ namespace, collection }: Pick<KvKey, 'namespace' | 'collection'>): string {
  return placeOf(namespace, collection);
}

function toEntry([rev, token, epoch, manifest, payload, meta]: readonly [
  rev: number,
  token: string,
  epoch: number,
  manifest: string,
  payload: Buffer,
  meta: Buffer | null,
]): KvEntry {
  const body = { manifest: fromText(manifest), payload, ...(meta !== null && { meta }) };
  return { ...body, rev: String(rev), token: fromText(token), epoch };
}
