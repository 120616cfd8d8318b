import { StoreError } from '@stategate/journal-spi';

/** Replies of Redis are strings of bytes, integers, null, and lists of them. */
export function list(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw unexpected('a list', reply);
}

export function bytes(reply: unknown): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw unexpected('a string', reply);
}

export function text(reply: unknown): string {
  return bytes(reply).toString();
}

/** An integer, or a string that is a number; 0 for a field that is not there. */
export function number(reply: unknown): number {
  const value = reply === null ? 0 : typeof reply === 'number' ? reply : Number(text(reply));
  if (Number.isSafeInteger(value)) return value;
  throw unexpected('an integer', reply);
}

/** Names and values by turns, as HGETALL and XINFO give them. */
export function fields(reply: unknown): ReadonlyMap<string, unknown> {
  const flat = list(reply);
  return new Map(flat.flatMap((name, index) => (index % 2 === 0 ? [[text(name), flat[index + 1]] as const] : [])));
}

function unexpected(wanted: string, found: unknown): StoreError {
  return new StoreError('IntegrityError', `Redis answered ${typeof found} where ${wanted} was expected`);
}
