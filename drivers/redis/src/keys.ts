import type { KvKey, StreamKey } from '@stategate/journal-spi';

/**
 * The names of all keys. Those of a namespace have its name in braces: a cluster keeps them on one shard, so that a script may use
 * several of them and the feed has one order.
 */
export interface Keys {
  readonly schema: string;
  stream(key: StreamKey): StreamKeys;
  value(key: KvKey): { readonly slot: string; readonly entry: string; readonly index: string };
  /** Hash: `last` is the counter, and one field for each scope. */
  fences(namespace: string): string;
  lease(namespace: string, scope: string): string;
  /** Sorted set of the streams that were written. */
  streams(namespace: string): string;
  /** Stream of appends. */
  feed(namespace: string): string;
}

export interface StreamKeys {
  /** Hash `head`, `epoch`, `deleted`, `largest` (bytes of the largest record). */
  readonly head: string;
  /** Stream of events: entry n-0 is event n. */
  readonly events: string;
  /** Sorted set of records by sequence number. */
  readonly snapshots: string;
  /** How other keys refer to it. */
  readonly member: string;
}

export function keysOf(prefix: string): Keys {
  const inNamespace = (namespace: string, rest: string) => `${prefix}{${escape(namespace)}}:${rest}`;
  return {
    schema: `${prefix}schema`,
    stream(key) {
      const member = memberOf(key.persistenceId, key.entityId);
      return {
        head: inNamespace(key.namespace, `h:${member}`),
        events: inNamespace(key.namespace, `e:${member}`),
        snapshots: inNamespace(key.namespace, `s:${member}`),
        member,
      };
    },
    value({ namespace, collection, key }) {
      const name = `${escape(collection)}:${escape(key)}`;
      return {
        slot: inNamespace(namespace, `k:${name}`),
        entry: inNamespace(namespace, `v:${name}`),
        index: inNamespace(namespace, `x:${escape(collection)}`),
      };
    },
    fences: (namespace) => inNamespace(namespace, 'fences'),
    lease: (namespace, scope) => inNamespace(namespace, `lease:${escape(scope)}`),
    streams: (namespace) => inNamespace(namespace, 'streams'),
    feed: (namespace) => inNamespace(namespace, 'feed'),
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
