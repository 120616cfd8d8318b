import { StoreError, type KvKey, type StreamKey } from '@stategate/journal-spi';

export type Keys = ReturnType<typeof keysOf>;

/**
 * The names of all keys: readable, and apart from each other whatever ids hold, because parts are escaped. Everything under a name
 * that ends in `/` lies between it and `endOf` it.
 */
export function keysOf(prefix: string) {
  const name = (kind: string, ...parts: readonly string[]) => [prefix + kind, ...parts.map(escape)].join('/');
  const under = (kind: string, ...parts: readonly string[]) => `${name(kind, ...parts)}/`;
  return {
    schema: name('schema'),
    stream({ namespace, persistenceId, entityId }: StreamKey) {
      const parts = [namespace, persistenceId, entityId];
      const [records, snapshots] = [under('record', ...parts), under('snapshot', ...parts)];
      return {
        /** `head epoch` */
        head: name('head', ...parts),
        deletedTo: name('deleted', ...parts),
        /** See `sizes.ts`. */
        size: name('size', ...parts),
        records,
        /** An append is a record, found by its last event: the first record from `record(n)` on is the one that holds event n. */
        record: (last: number) => records + numbered(last),
        snapshots,
        /** The newest comes first. */
        snapshot: (sequenceNr: number) => snapshots + numbered(Number.MAX_SAFE_INTEGER - sequenceNr),
      };
    },
    /** The heads of a namespace's streams, or of those of one persistence id. */
    heads: (namespace: string, ...persistenceId: readonly string[]) => under('head', namespace, ...persistenceId),
    /** The records of a namespace. */
    records: (namespace: string) => under('record', namespace),
    /** Written with every append of the namespace: its revision is that of the last one. */
    tail: (namespace: string) => name('tail', namespace),
    // The key of a value is not escaped: values are listed in the order of its bytes.
    value: ({ namespace, collection, key }: KvKey) => ({
      slot: under('slot', namespace, collection) + key,
      entry: under('value', namespace, collection) + key,
    }),
    collection: (namespace: string, collection: string) => ({
      entries: under('value', namespace, collection),
      size: name('value-size', namespace, collection),
    }),
    epochs: (namespace: string) => name('epoch', namespace),
    scope: (namespace: string, scope: string) => ({
      claim: name('claim', namespace, scope),
      lease: name('lease', namespace, scope),
    }),
  };
}

/** The end of everything under a name. */
export function endOf(name: string): Uint8Array {
  // No UTF-8 has this byte.
  return Buffer.concat([Buffer.from(name), Buffer.of(255)]);
}

/** The first key behind this one. */
export function behind(key: string | Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(key), Buffer.of(0)]);
}

/** The stream of a key under this name, of the kinds `head` and `record`: what follows its ids is left out. */
export function streamOf(namespace: string, under: string, key: Buffer): StreamKey {
  const [persistenceId, entityId] = key.toString().slice(under.length).split('/').map(unescape);
  if (persistenceId && entityId) return { namespace, persistenceId, entityId };
  throw new StoreError('IntegrityError', `the key ${key.toString()} in etcd names no stream`);
}

/** Hexadecimal digits of the largest safe integer. */
const DIGITS = 14;

function numbered(number: number): string {
  return number.toString(16).padStart(DIGITS, '0');
}

/** The number that ends the key of a record. */
export function lastOf(record: Buffer): number {
  return parseInt(record.toString('latin1', record.byteLength - DIGITS), 16);
}

export function sequenceNrOf(snapshot: Buffer): number {
  return Number.MAX_SAFE_INTEGER - lastOf(snapshot);
}

function escape(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function unescape(part: string): string {
  return part.replaceAll('%2F', '/').replaceAll('%25', '%');
}
