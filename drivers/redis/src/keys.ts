import type { KvKey, StreamKey } from '@stategate/journal-spi';

export type Keys = ReturnType<typeof keysOf>;

/**
 * The names of all keys. Those of a namespace have its name in braces: a cluster keeps them on one shard, so that a script may use
 * several of them and the feed has one order.
 */
export function keysOf(prefix: string) {
  const inNamespace = (namespace: string, rest: string) => `${prefix}{${escape(namespace)}}:${rest}`;
  return {
    schema: `${prefix}schema`,

    stream({ namespace, persistenceId, entityId }: StreamKey) {
      const member = memberOf(persistenceId, entityId);
      return {
        /** Hash `head`, `epoch`, `deleted`, `largest` (bytes of the largest record). */
        head: inNamespace(namespace, `h:${member}`),
        /** Stream of events: entry n-0 is event n. */
        events: inNamespace(namespace, `e:${member}`),
        /** Sorted set of records by sequence number. */
        snapshots: inNamespace(namespace, `s:${member}`),
        /** How other keys refer to it. */
        member,
      };
    },

    value({ namespace, collection, key }: KvKey) {
      const name = `${escape(collection)}:${escape(key)}`;
      return {
        /** Hash `epoch`, `rev`, `token` (of the last write). */
        slot: inNamespace(namespace, `k:${name}`),
        entry: inNamespace(namespace, `v:${name}`),
        /** Sorted set of the collection's keys. */
        index: inNamespace(namespace, `x:${escape(collection)}`),
      };
    },

    /** Hash: `last` is the counter, and one field for each scope. */
    fences: (namespace: string) => inNamespace(namespace, 'fences'),
    lease: (namespace: string, scope: string) => inNamespace(namespace, `lease:${escape(scope)}`),
    /** Sorted set of the streams that were written. */
    streams: (namespace: string) => inNamespace(namespace, 'streams'),
    /** Stream of appends. */
    feed: (namespace: string) => inNamespace(namespace, 'feed'),
  };
}

export function memberOf(persistenceId: string, entityId: string): string {
  return `${escape(persistenceId)}:${escape(entityId)}`;
}

/** Undefined for what `memberOf` never returned. */
export function fromMember(namespace: string, member: string): StreamKey | undefined {
  const [persistenceId, entityId, ...others] = member.split(':').map(unescape);
  if (!persistenceId || !entityId || others.length > 0) return undefined;
  return { namespace, persistenceId, entityId };
}

/** Only what separates: names stay readable. */
function escape(part: string): string {
  return part.replace(/[%:{}]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescape(part: string): string {
  return part.replace(/%(25|3A|7B|7D)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
