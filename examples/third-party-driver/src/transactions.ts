import type { OpOptions } from '@stategate/journal-spi';
import type { Effect } from '@stategate/journal-spi/kit';
import type { Client } from './client.ts';
import { unchanged, type Compare, type KeyValue, type Op, type TxnRequest, type TxnResponse } from './messages.ts';

export interface TxnResult {
  readonly succeeded: boolean;
  /** Of the store: when the transaction wrote, what it wrote has this `modRevision`. */
  readonly revision: number;
  /** What each part of it found: nothing where it does not read. */
  readonly found: Found;
  /** Keys that its first part deleted. */
  readonly deleted: number;
}

export type Found = readonly (readonly KeyValue[])[];

export async function transact(
  client: Client,
  request: TxnRequest,
  effect: Effect,
  options: OpOptions,
): Promise<TxnResult> {
  const { header, succeeded, responses } = await client.call<TxnResponse>('KV.Txn', request, effect, options);
  return {
    succeeded,
    revision: header.revision,
    found: responses.map(({ responseRange }) => responseRange?.kvs ?? []),
    deleted: responses[0]?.responseDeleteRange?.deleted ?? 0,
  };
}

/** The first key of each. */
export type First = readonly (KeyValue | undefined)[];

/** Reads the keys of one range. */
export async function lookAll(client: Client, op: Op, options: OpOptions): Promise<readonly KeyValue[]> {
  return (await transact(client, { success: [op] }, 'read', options)).found[0] ?? [];
}

/** Reads several things at one moment: of each the first key. */
export async function look(client: Client, ops: readonly Op[], options: OpOptions): Promise<First> {
  return firstOf((await transact(client, { success: ops }, 'read', options)).found);
}

/** What to write when everything compares as it says. */
interface Write {
  readonly compare: readonly Compare[];
  readonly success: readonly Op[];
}

/**
 * Looks, has `decide` say what to write, and writes it if none of the single keys it looked at has changed meanwhile; else all over.
 * `decide` throws what the caller is to get, or returns undefined when nothing is to be written. With a `guess` it is written
 * without a look when the guess is right. Returns what the last look found, and the revision that wrote.
 */
export async function change(
  client: Client,
  ops: readonly Op[],
  decide: (first: First, found: Found) => readonly Op[] | undefined,
  effect: Exclude<Effect, 'read'>,
  options: OpOptions,
  guess?: Write,
): Promise<{ readonly first: First; readonly revision: number }> {
  let first: First = [];
  let write = guess;
  for (;;) {
    const request = write === undefined ? { success: ops } : { ...write, failure: ops };
    const result = await transact(client, request, write === undefined ? 'read' : effect, options);
    if (write !== undefined && result.succeeded) return { first, revision: result.revision };
    first = firstOf(result.found);
    const success = decide(first, result.found);
    if (success === undefined) return { first, revision: 0 };
    write = { compare: allUnchanged(ops, first), success };
  }
}

function firstOf(found: Found): First {
  return found.map(([first]) => first);
}

function allUnchanged(ops: readonly Op[], first: First): readonly Compare[] {
  return ops.flatMap((op, index) => {
    if (!('requestRange' in op) || op.requestRange.rangeEnd !== undefined) return [];
    return [unchanged(op.requestRange.key, first[index]?.modRevision ?? 0)];
  });
}
