import type { Epoch } from '@stategate/journal-spi';

/** The messages of `etcd.proto` that more than one file uses, as the loader reads and writes them. */
export interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  /** The revision of the whole store that wrote it: it only grows. */
  readonly modRevision: number;
  readonly lease: number;
}

/** One part of a transaction. */
export type Op =
  | { readonly requestRange: Span & { readonly limit?: number; readonly keysOnly?: boolean } }
  | { readonly requestPut: { readonly key: Uint8Array; readonly value: Uint8Array; readonly lease?: number } }
  | { readonly requestDeleteRange: Span }
  | { readonly requestTxn: TxnRequest };

interface Span {
  readonly key: Uint8Array;
  readonly rangeEnd?: Uint8Array;
}

export type Compare = { readonly key: Uint8Array; readonly result: 'EQUAL' | 'GREATER' | 'LESS' } & (
  | { readonly target: 'MOD'; readonly modRevision: number }
  | { readonly target: 'VALUE'; readonly value: Uint8Array }
);

export interface TxnRequest {
  readonly compare?: readonly Compare[];
  readonly success?: readonly Op[];
  readonly failure?: readonly Op[];
}

export type Bytes = string | Uint8Array;

export function get(key: Bytes): Op {
  return { requestRange: { key: toBytes(key) } };
}

/** The keys from `from` up to `end`, which is not one of them. */
export function range(from: Bytes, end: Bytes, limit: number, keysOnly = false): Op {
  return { requestRange: { key: toBytes(from), rangeEnd: toBytes(end), limit, keysOnly } };
}

export function put(key: Bytes, value: Bytes, lease = 0): Op {
  return { requestPut: { key: toBytes(key), value: toBytes(value), lease } };
}

export function remove(key: Bytes, end?: Bytes): Op {
  return { requestDeleteRange: { key: toBytes(key), ...(end !== undefined && { rangeEnd: toBytes(end) }) } };
}

/** Compares the bytes of a value; one that is not there compares as nothing at all. */
export function comparing(key: Bytes, result: Compare['result'], than: Bytes): Compare {
  return { key: toBytes(key), result, target: 'VALUE', value: toBytes(than) };
}

/** Whether that revision wrote the key last; 0 = it is not there. */
export function unchanged(key: Bytes, modRevision: number): Compare {
  return { key: toBytes(key), result: 'EQUAL', target: 'MOD', modRevision };
}

/** The number that a value is; 0 when it is not there. */
export function numberIn(found: KeyValue | undefined): number {
  return Number(found?.value.toString() ?? 0);
}

/** The value `epoch text`; 0 and nothing when it is not there. */
export function epochAndText(found: KeyValue | undefined): readonly [epoch: Epoch, text: string] {
  const [epoch = 0, ...text] = found?.value.toString().split(' ') ?? [];
  return [Number(epoch), text.join(' ')];
}

function toBytes(value: Bytes): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : value;
}
