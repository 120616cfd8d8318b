import { randomUUID } from 'node:crypto';
import { isStoreError } from '@stategate/journal-spi';
import type { Call } from '@stategate/journal-spi/kit';
import { ALONE, bytes, number, numberOf, partition, text, textOf } from './items.ts';
import type { Item, Key } from './items.ts';
import { INLINE_BYTES, PART_BYTES } from './limits.ts';
import type { Table } from './table.ts';

/** Parts that travel at once: each may have `PART_BYTES`. */
const PARTS_AT_ONCE = 8;

/** Names the parts of a body. They are written before what names them, under an id of their own, and never changed. */
export interface Parts {
  readonly id: string;
  readonly count: number;
}

/** Stores a body for the item that `write` writes, with the attributes that stand for it: the body itself, or its parts. */
export async function withBody<T extends { readonly written: boolean }>(
  table: Table,
  body: Uint8Array,
  call: Call,
  write: (attributes: Item) => Promise<T>,
): Promise<T> {
  if (body.byteLength <= INLINE_BYTES) return write({ n: number(0), b: bytes(body) });
  return withParts(table, body, call, ({ id, count }) => write({ n: number(count), p: text(id) }));
}

/** Stores a body in parts for what `write` writes. Removes them when it is certain that nothing was written that names them. */
export async function withParts<T extends { readonly written: boolean }>(
  table: Table,
  body: Uint8Array,
  call: Call,
  write: (parts: Parts) => Promise<T>,
): Promise<T> {
  const parts = { id: randomUUID(), count: Math.ceil(body.byteLength / PART_BYTES) };
  const pieceOf = (index: number) => body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);
  let needed = false;
  try {
    await eachPart(parts, (key, index) => table.put(key, { b: bytes(pieceOf(index)) }, call));
    const outcome = await write(parts);
    needed = outcome.written;
    return outcome;
  } catch (error) {
    needed = isStoreError(error) && error.applied === 'unknown';
    throw error;
  } finally {
    if (!needed) await dropParts(table, parts);
  }
}

/** The body of an item; undefined as in `loadParts`. */
export async function loadBody(table: Table, item: Item, call: Call): Promise<Uint8Array | undefined> {
  return item['b']?.B ?? loadParts(table, partsOf(item), call);
}

/** Undefined when parts are gone, because another body has taken the place of this one. */
export async function loadParts(table: Table, parts: Parts, call: Call): Promise<Uint8Array | undefined> {
  const found = await eachPart(parts, async (key) => (await table.get(key, call))?.['b']?.B);
  return found.includes(undefined) ? undefined : Buffer.concat(found.filter((part) => part !== undefined));
}

/** Removes parts that nothing names any more. When that fails they stay, and harm nobody. */
export async function dropParts(table: Table, parts: Parts): Promise<void> {
  if (parts.count === 0) return;
  await table.calls.follow((call) => eachPart(parts, (key) => table.remove(key, call))).catch(() => undefined);
}

/** The parts that an item names: none when its body is inside. */
export function partsOf(item: Item): Parts {
  return { id: textOf(item, 'p'), count: numberOf(item, 'n') };
}

/** Each part is in a partition of its own: one partition takes only some of them in a second. */
async function eachPart<T>({ id, count }: Parts, work: (key: Key, index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < count; at += PARTS_AT_ONCE) {
    const indices = Array.from({ length: Math.min(PARTS_AT_ONCE, count - at) }, (_, n) => at + n);
    const keyOf = (index: number) => ({ pk: partition('part', id, String(index)), sk: ALONE });
    results.push(...(await Promise.all(indices.map((index) => work(keyOf(index), index)))));
  }
  return results;
}
