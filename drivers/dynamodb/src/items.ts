import { hash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StreamKey } from '@stategate/journal-spi';

/**
 * One table of items, each under a partition key and a sort key:
 *
 * | partition | sort key | holds |
 * |---|---|---|
 * | `stream` of namespace, persistence id, entity id | number of a commit, 16 digits | one append or seal |
 * | the same | `meta` | what was deleted, the epoch that guards that, the list of snapshots |
 * | `streams` of namespace | hashes of persistence id and entity id | that the stream may exist |
 * | `feed` of namespace | number, 16 digits | which commits were begun |
 * | `values` of namespace, collection | the key | a value, its seal and last token |
 * | `fences` of namespace | – | the counter of epochs |
 * | `fence` of namespace, scope | – | the current epoch and the lease |
 * | `part` of an id | number | a piece of a body that is too large for its item |
 * | `schema` | – | version of all this |
 *
 * Attributes have names of one letter, because they count towards size and price: `f` first and `l` last event, `e` epoch, `t`
 * token, `w` when, `g` number in the feed, `n` number of parts (0 = the body is in `b`), `p` id of the parts, `x` expiry,
 * `v` version, `d` deleted up to, `y` epoch of the write of a value.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export type Item = Record<string, AttributeValue>;

type Kind = 'stream' | 'streams' | 'feed' | 'values' | 'fences' | 'fence' | 'part' | 'schema' | 'health';

/** Sort key of an item that is alone in its partition. */
export const ALONE = '-';

export const META = 'meta';

/** Partition keys may have 2048 bytes: names that are longer than this are hashed. */
const MAX_READABLE_BYTES = 1500;

export function partition(kind: Kind, ...names: readonly string[]): string {
  const joined = JSON.stringify(names);
  return Buffer.byteLength(joined) <= MAX_READABLE_BYTES ? `${kind}${joined}` : `${kind}#${digest(joined)}`;
}

export function streamPartition({ namespace, persistenceId, entityId }: StreamKey): string {
  return partition('stream', namespace, persistenceId, entityId);
}

export function digest(name: string): string {
  return hash('sha256', name, 'base64url');
}

const DIGITS = 16;

export function numbered(value: number): string {
  return String(value).padStart(DIGITS, '0');
}

export const LAST_NUMBER = '9'.repeat(DIGITS);

export function textOf(item: Item, name: string): string {
  return item[name]?.S ?? '';
}

/** 0 when it is absent. */
export function numberOf(item: Item, name: string): number {
  return Number(item[name]?.N ?? 0);
}

export function text(value: string): AttributeValue {
  return { S: value };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

export function bytes(value: Uint8Array): AttributeValue {
  return { B: value };
}
