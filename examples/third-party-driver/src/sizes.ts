import { comparing, numberIn, put, type KeyValue, type Op } from './messages.ts';

/** What one answer of etcd may hold about: it has no bound in bytes of its own, only one in keys. */
const ANSWER_BYTES = 4 * 1024 ** 2;
/** Most keys in one answer. */
const ANSWER_KEYS = 1000;

/** Keeps, in a key of its own, the power of two that no value of a group exceeds. Part of the transaction that writes the value. */
export function noteSize(key: string, bytes: number): Op {
  const exponent = Math.ceil(Math.log2(bytes + 1));
  // A key that is not there is not greater either.
  const known = comparing(key, 'GREATER', twoDigits(exponent - 1));
  return { requestTxn: { compare: [known], failure: [put(key, twoDigits(exponent))] } };
}

/** How many values of the group one answer takes. */
export function keysAtOnce(size: KeyValue | undefined): number {
  return Math.max(1, Math.min(ANSWER_KEYS, Math.floor(ANSWER_BYTES / 2 ** numberIn(size))));
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
