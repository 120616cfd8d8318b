import type { OpOptions } from '@stategate/journal-spi';
import type { Effect } from '@stategate/journal-spi/kit';
import type { Client } from './client.ts';
import { behind } from './keys.ts';
import { range, unchanged, type Bytes, type Compare, type KeyValue, type Op, type TxnRequest } from './messages.ts';

interface TxnResponse {
  readonly header: { readonly revision: number };
  readonly succeeded: boolean;
  readonly responses: readonly {
    readonly responseRange?: { readonly kvs: readonly KeyValue[] };
    readonly responseDeleteRange?: { readonly deleted: number };
  }[];
}

/** What each part of a transaction found: nothing where it does not read. */
type Found = readonly (readonly KeyValue[])[];

/** The first key of each. */
export type First = readonly (KeyValue | undefined)[];

export async function transact(client: Client, request: TxnRequest, effect: Effect, options: OpOptions) {
  const { header, succeeded, responses } = await client.call<TxnResponse>('KV.Txn', request, effect, options);
  const found: Found = responses.map(({ responseRange }) => responseRange?.kvs ?? []);
  return {
    succeeded,
    /** Of the store: when the transaction wrote, what it wrote has this `modRevision`. */
    revision: header.revision,
    found,
    first: found.map(([first]) => first) as First,
    /** Keys that its first part deleted. */
    deleted: responses[0]?.responseDeleteRange?.deleted ?? 0,
  };
}

/** Reads several things at one moment: of each the first key. */
export async function look(client: Client, ops: readonly Op[], options: OpOptions): Promise<First> {
  return (await transact(client, { success: ops }, 'read', options)).first;
}

/** Reads the keys of one range. */
export async function lookAll(client: Client, op: Op, options: OpOptions): Promise<readonly KeyValue[]> {
  return (await transact(client, { success: [op] }, 'read', options)).found[0] ?? [];
}

/** Goes through the keys from `from` up to `end`, so many at once. */
export async function* scan(client: Client, from: Bytes, end: Bytes, atOnce: number, options: OpOptions) {
  for (let next = from; ;) {
    const found = await lookAll(client, range(next, end, atOnce), options);
    yield* found;
    const last = found.at(-1);
    if (last === undefined || found.length < atOnce) return;
    next = behind(last.key);
  }
}

interface Change {
  /** What to look at. */
  readonly ops: readonly Op[];
  readonly effect?: 'seal' | 'write';
  /** Written without a look when everything compares as it says. */
  readonly guess?: Pick<TxnRequest, 'compare' | 'success'> | undefined;
}

/**
 * Looks, has `decide` say what to write, and writes it if none of the single keys it looked at has changed meanwhile; else all over.
 * `decide` throws what the caller is to get, or returns undefined when nothing is to be written. Returns what the last look found,
 * and the revision that wrote, 0 for none.
 */
export async function change(
  client: Client,
  options: OpOptions,
  { ops, effect = 'write', guess }: Change,
  decide: (first: First, found: Found) => readonly Op[] | undefined,
): Promise<{ readonly first: First; readonly revision: number }> {
  let first: First = [];
  let write = guess;
  for (;;) {
    const request = write === undefined ? { success: ops } : { ...write, failure: ops };
    const result = await transact(client, request, write === undefined ? 'read' : effect, options);
    if (write !== undefined && result.succeeded) return { first, revision: result.revision };
    ({ first } = result);
    const success = decide(first, result.found);
    if (success === undefined) return { first, revision: 0 };
    write = { compare: allUnchanged(ops, first), success };
  }
}

function allUnchanged(ops: readonly Op[], first: First): readonly Compare[] {
  return ops.flatMap((op, index) => {
    if (!('requestRange' in op) || op.requestRange.rangeEnd !== undefined) return [];
    return [unchanged(op.requestRange.key, first[index]?.modRevision ?? 0)];
  });
}
