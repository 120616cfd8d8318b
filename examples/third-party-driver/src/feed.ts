import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedQuery, Offset, OpOptions, StreamKey } from '@stategate/journal-spi';
import { decodePacked, feedPages, validateFeed, type FeedStep } from '@stategate/journal-spi/kit';
import { toRecord } from './bodies.ts';
import type { Client } from './client.ts';
import { behind, endOf, streamOf, type Keys } from './keys.ts';
import { TUNING } from './limits.ts';
import { get, type KeyValue } from './messages.ts';
import { scan as scanKeys, transact } from './transactions.ts';

/** Records of one answer to a scan: each may be as large as a request. */
const SCAN_KEYS = 8;

interface WatchResponse {
  readonly canceled: boolean;
  readonly compactRevision: number;
  readonly cancelReason: string;
  readonly events: readonly { readonly kv: KeyValue }[];
}

/**
 * All records up to a revision of the store were delivered, and so many events of the next one. At the beginning, and where etcd has
 * compacted its history, what it holds is gone through key by key: `scan` says up to which revision, and which key is the next one.
 */
interface Position {
  readonly revision: number;
  readonly part: number;
  readonly scan?: { readonly to: number; readonly from: string };
}

/** Where it is in the end. */
type Steps = AsyncGenerator<FeedStep | 'idle', Position>;

/** Each append is a record of its own revision, so that a watch from a revision on gives exactly what was appended since. */
export function createFeed(client: Client, keys: Keys): ChangeFeed {
  return {
    async *read(query, options) {
      validateFeed(query);
      const { revision, tail } = await edge(query.namespace, options);
      // From the beginning, a watch would go through the history of the whole store.
      const start = query.after === undefined ? scanTo(tail, query) : fromOffset(query.after);
      if (Math.max(start.revision, start.scan?.to ?? 0) > revision) {
        const message = `etcd is at revision ${revision}, before the offset ${query.after}: was it restored from a backup?`;
        throw new StoreError('OffsetExpired', message);
      }
      yield* feedPages(query, TUNING.page, toOffset(start), steps(query, start, tail, options));
    },

    async now(namespace, options) {
      validateFeed({ namespace, live: false });
      return toOffset({ revision: (await edge(namespace, options)).tail, part: 0 });
    },
  };

  function scanTo(to: number, { namespace }: FeedQuery): Position {
    return { revision: 0, part: 0, scan: { to, from: keys.records(namespace) } };
  }

  /** The revision of the store, and that of the namespace's last append. */
  async function edge(namespace: string, options: OpOptions) {
    const { revision, first } = await transact(client, { success: [get(keys.tail(namespace))] }, 'read', options);
    return { revision, tail: first[0]?.modRevision ?? 0 };
  }

  async function* steps(query: FeedQuery, start: Position, tail: number, options: OpOptions) {
    const until = query.live ? Infinity : tail;
    for (let position = start; ;) {
      position = yield* scanned(query, position, options);
      if (position.revision < until) position = yield* watched(query, position, until, options);
      if (position.revision >= until) return;
      // etcd has compacted away what comes next.
      const { tail: to } = await edge(query.namespace, options);
      position = { ...scanTo(to, query), revision: position.revision };
    }
  }

  /** What is appended after the position; returns when etcd has compacted that away, or when it has come that far. */
  async function* watched(query: FeedQuery, start: Position, until: number, options: OpOptions): Steps {
    const records = keys.records(query.namespace);
    const createRequest = {
      key: Buffer.from(records),
      rangeEnd: endOf(records),
      startRevision: start.revision + 1,
      filters: ['NODELETE'],
      fragment: true,
    };
    let position = start;
    for await (const answer of client.follow<WatchResponse>('Watch.Watch', { createRequest }, options)) {
      if (answer.compactRevision > 0) break;
      if (answer.canceled)
        throw new StoreError('StoreUnavailable', `${client.calls.location} ended the watch: ${answer.cancelReason}`);
      for (const { kv } of answer.events) {
        const revision = kv.modRevision - 1;
        const part = revision === start.revision ? start.part : 0;
        position = { revision: kv.modRevision, part: 0 };
        yield stepOver(query, kv, { revision, part }, position);
        if (position.revision >= until) return position;
      }
      yield 'idle';
    }
    return position;
  }

  /** What is left of a scan. Records never change, so that it does not matter when each is read. */
  async function* scanned(query: FeedQuery, start: Position, options: OpOptions): Steps {
    const { revision, scan: left } = start;
    if (left === undefined) return start;
    for await (const record of scanKeys(client, left.from, endOf(keys.records(query.namespace)), SCAN_KEYS, options)) {
      if (record.modRevision <= revision || record.modRevision > left.to) continue;
      const from = record.key.toString();
      const before = { revision, part: from === left.from ? start.part : 0, scan: { ...left, from } };
      const done = { revision, part: 0, scan: { ...left, from: behind(record.key).toString() } };
      yield stepOver(query, record, before, done);
    }
    const done = { revision: left.to, part: 0 };
    yield { events: [], offset: () => toOffset(done) };
    yield 'idle';
    return done;
  }

  /** The events of a record, but for those that were delivered before. */
  function stepOver(query: FeedQuery, record: KeyValue, before: Position, done: Position): FeedStep {
    const stream = streamOf(query.namespace, keys.records(query.namespace), record.key);
    const asked = (query.persistenceId ?? stream.persistenceId) === stream.persistenceId;
    const events = asked ? eventsOf(record, stream).slice(before.part) : [];
    const offset = (count: number) =>
      toOffset(count === events.length ? done : { ...before, part: before.part + count });
    return { events, offset };
  }
}

function eventsOf(record: KeyValue, stream: StreamKey): readonly FeedEvent[] {
  const { body, first, epoch, at } = toRecord(record);
  return decodePacked(body, first, epoch, at).map((event) => ({ ...event, stream }));
}

function toOffset({ revision, part, scan }: Position): Offset {
  const more = scan === undefined ? [] : [scan.to, Buffer.from(scan.from).toString('base64url')];
  return [revision, part, ...more].join('.');
}

function fromOffset(offset: Offset): Position {
  const [, revision, part, to, from] = /^(\d{1,15})\.(\d{1,4})(?:\.(\d{1,15})\.([\w-]+))?$/.exec(offset) ?? [];
  if (revision === undefined) throw new StoreError('InvalidRequest', `"${offset}" is no offset of this store`);
  const at = { revision: Number(revision), part: Number(part) };
  if (to === undefined || from === undefined) return at;
  return { ...at, scan: { to: Number(to), from: Buffer.from(from, 'base64url').toString() } };
}
