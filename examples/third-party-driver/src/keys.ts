import { StoreError, type KvKey, type StreamKey } from '@stategate/journal-spi';

/**
 * The names of all keys: readable, and apart from each other whatever ids hold, because parts are escaped. Everything under a name
 * that ends in `/` lies between it and `endOf` it.
 */
export interface Keys {
  readonly schema: string;
  stream(key: StreamKey): StreamKeys;
  /** The heads of a namespace's streams, or of those of one persistence id. */
  heads(namespace: string, persistenceId?: string): string;
  /** The records of a namespace. */
  records(namespace: string): string;
  /** Written with every append of the namespace: its revision is that of the last one. */
  tail(namespace: string): string;
  value(key: KvKey): { readonly slot: string; readonly entry: string };
  collection(namespace: string, collection: string): { readonly entries: string; readonly size: string };
  epochs(namespace: string): string;
  scope(namespace: string, scope: string): { readonly claim: string; readonly lease: string };
}

export interface StreamKeys {
  /** `head epoch` */
  readonly head: string;
  readonly deletedTo: string;
  /** See `sizes.ts`. */
  readonly size: string;
  /** An append is a record, found by its last event: the first record from `record(n)` on is the one that holds event n. */
  readonly record: (last: number) => string;
  readonly records: string;
  /** The newest comes first. */
  readonly snapshot: (sequenceNr: number) => string;
  readonly snapshots: string;
}

export function keysOf(prefix: string): Keys {
  const name = (kind: string, ...parts: readonly string[]) => [prefix + kind, ...parts.map(escape)].join('/');
  const under = (kind: string, ...parts: readonly string[]) => `${name(kind, ...parts)}/`;
  return {
    schema: name('schema'),
    stream({ namespace, persistenceId, entityId }) {
      const parts = [namespace, persistenceId, entityId];
      const [records, snapshots] = [under('record', ...parts), under('snapshot', ...parts)];
      return {
        head: name('head', ...parts),
        deletedTo: name('deleted', ...parts),
        size: name('size', ...parts),
        record: (last) => records + numbered(last),
        records,
        snapshot: (sequenceNr) => snapshots + numbered(Number.MAX_SAFE_INTEGER - sequenceNr),
        snapshots,
      };
    },
    heads: (namespace, persistenceId) =>
      persistenceId === undefined ? under('head', namespace) : under('head', namespace, persistenceId),
    records: (namespace) => under('record', namespace),
    tail: (namespace) => name('tail', namespace),
    // The key of a value is not escaped: values are listed in the order of its bytes.
    value: ({ namespace, collection, key }) => ({
      slot: under('slot', namespace, collection) + key,
      entry: under('value', namespace, collection) + key,
    }),
    collection: (namespace, collection) => ({
      entries: under('value', namespace, collection),
      size: name('value-size', namespace, collection),
    }),
    epochs: (namespace) => name('epoch', namespace),
    scope: (namespace, scope) => ({ claim: name('claim', namespace, scope), lease: name('lease', namespace, scope) }),
  };
}

/** The end of everything under a name. */
export function endOf(name: string): Uint8Array {
  // No UTF-8 has this byte.
  return Buffer.concat([Buffer.from(name), Buffer.of(255)]);
}

/** The first key behind this one. */
export function after(key: string | Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(key), Buffer.of(0)]);
}

/** The stream of a key under this name, of the kinds `head` and `record`: what follows its ids is left out. */
export function streamOf(namespace: string, under: string, key: Uint8Array): StreamKey {
  const [persistenceId, entityId] = Buffer.from(key).toString().slice(under.length).split('/').map(unescape);
  if (persistenceId && entityId) return { namespace, persistenceId, entityId };
  throw new StoreError('IntegrityError', `the key ${Buffer.from(key).toString()} in etcd names no stream`);
}

/** The number that ends a key of the kinds `record` and `snapshot`. */
export function numberOf(key: Uint8Array): number {
  return parseInt(Buffer.from(key).toString('latin1', key.byteLength - DIGITS), 16);
}

export function sequenceNrOfSnapshot(key: Uint8Array): number {
  return Number.MAX_SAFE_INTEGER - numberOf(key);
}

/** Hexadecimal digits of the largest safe integer. */
const DIGITS = 14;

function numbered(number: number): string {
  return number.toString(16).padStart(DIGITS, '0');
}

function escape(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function unescape(part: string): string {
  return part.replaceAll('%2F', '/').replaceAll('%25', '%');
}
