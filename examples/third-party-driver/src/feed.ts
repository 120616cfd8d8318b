import { StoreError } from '@stategate/journal-spi';
import type { ChangeFeed, FeedEvent, FeedPage, FeedQuery, Offset, OpOptions } from '@stategate/journal-spi';
import { decodePacked, payloadBytes, validateFeed } from '@stategate/journal-spi/kit';
import type { Client } from './client.ts';
import { after as behind, endOf, streamOf, type Keys } from './keys.ts';
import { TUNING } from './limits.ts';
import { get, range, toBytes, type KeyValue, type WatchResponse } from './messages.ts';
import { toRecord } from './records.ts';
import { lookAll, transact } from './transactions.ts';

/** Records of one answer to a scan: each may be as large as a request. */
const SCAN_KEYS = 8;

/**
 * All records up to a revision of the store were delivered, and so many events of the next one. At the beginning, and where etcd has
 * compacted its history, what it holds is gone through key by key: `scan` says up to which revision, and which key is the next one.
 */
interface Position {
  readonly revision: number;
  readonly part: number;
  readonly scan?: { readonly to: number; readonly from: string };
}

/** A record to deliver; without one: nothing more is there for now. */
interface Step {
  readonly record?: KeyValue;
  /** Where the feed is when so many events of the record are delivered, and when all are. */
  readonly at: (part: number) => Position;
  readonly done: Position;
}

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
      yield* pagesOf(query, start, keys.records(query.namespace), steps(query, start, tail, options));
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
    const { revision, found } = await transact(client, { success: [get(keys.tail(namespace))] }, 'read', options);
    return { revision, tail: found[0]?.[0]?.modRevision ?? 0 };
  }

  async function* steps(query: FeedQuery, start: Position, tail: number, options: OpOptions): AsyncGenerator<Step> {
    let position = start;
    for (;;) {
      for await (const step of scanned(query.namespace, position, options)) {
        position = step.done;
        yield step;
      }
      if (!query.live && position.revision >= tail) return;
      for await (const step of watched(query.namespace, position, options)) {
        position = step.done;
        yield step;
        if (!query.live && position.revision >= tail) return;
      }
      const { tail: to } = await edge(query.namespace, options);
      position = { ...scanTo(to, query), revision: position.revision };
    }
  }

  /** What is appended after the position; returns when etcd has compacted that away. */
  async function* watched(namespace: string, { revision }: Position, options: OpOptions): AsyncGenerator<Step> {
    const records = keys.records(namespace);
    const createRequest = {
      key: toBytes(records),
      rangeEnd: endOf(records),
      startRevision: revision + 1,
      filters: ['NODELETE'],
      fragment: true,
    };
    let done: Position = { revision, part: 0 };
    for await (const answer of client.follow<WatchResponse>('Watch.Watch', { createRequest }, options)) {
      if (answer.compactRevision > 0) return;
      if (answer.canceled)
        throw new StoreError('StoreUnavailable', `${client.location} ended the watch: ${answer.cancelReason}`);
      for (const { kv } of answer.events) {
        const before = kv.modRevision - 1;
        done = { revision: kv.modRevision, part: 0 };
        yield { record: kv, at: (part) => ({ revision: before, part }), done };
      }
      const here = done;
      yield { at: () => here, done };
    }
  }

  /** What is left of a scan. Records never change, so that it does not matter when each is read. */
  async function* scanned(namespace: string, { revision, scan }: Position, options: OpOptions): AsyncGenerator<Step> {
    if (scan === undefined) return;
    const end = endOf(keys.records(namespace));
    for (let from: Uint8Array = Buffer.from(scan.from); ;) {
      const found = await lookAll(client, range(from, end, SCAN_KEYS), options);
      for (const record of found) {
        from = behind(record.key);
        const at = (part: number) => ({ revision, part, scan: { to: scan.to, from: record.key.toString() } });
        const done = { revision, part: 0, scan: { to: scan.to, from: from.toString() } };
        if (record.modRevision > revision && record.modRevision <= scan.to) yield { record, at, done };
      }
      if (found.length < SCAN_KEYS) break;
    }
    const done = { revision: scan.to, part: 0 };
    yield { at: () => done, done };
  }
}

/** As much as a page takes; one ends where nothing more is there for now. */
async function* pagesOf(
  query: FeedQuery,
  start: Position,
  records: string,
  steps: AsyncGenerator<Step>,
): AsyncGenerator<FeedPage> {
  const { namespace, persistenceId, pageEvents = TUNING.page.events } = query;
  let events: FeedEvent[] = [];
  let bytes = 0;
  let checkpoint = toOffset(start);
  function page(position: Position): FeedPage {
    const full = { events, checkpoint: toOffset(position) };
    ({ checkpoint } = full);
    [events, bytes] = [[], 0];
    return full;
  }
  let last = start;
  for await (const { record, at, done } of steps) {
    const under = record === undefined ? undefined : streamOf(namespace, records, record.key);
    if (record !== undefined && under !== undefined && (persistenceId ?? under.persistenceId) === under.persistenceId) {
      const { first, epoch, at: writtenAt, body } = toRecord(record);
      const skipped = toOffset(at(start.part)) === toOffset(start) ? start.part : 0;
      for (const [part, event] of decodePacked(body, first, epoch, writtenAt).entries()) {
        if (part < skipped) continue;
        const size = payloadBytes(event);
        if (events.length === pageEvents || (events.length > 0 && bytes + size > TUNING.page.bytes))
          yield page(at(part));
        events.push({ ...event, stream: under });
        bytes += size;
      }
    }
    last = done;
    if (record === undefined && checkpoint !== toOffset(done)) yield page(done);
  }
  if (checkpoint !== toOffset(last)) yield page(last);
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
