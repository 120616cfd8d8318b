import {
  StoreError,
  type AppendRequest,
  type AppendResult,
  type Journal,
  type RecoverRequest,
  type StreamKey,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  eachInOrder,
  journalFrom,
  packedFetch,
  toHead as toStreamHead,
  type Call,
  type Found,
  type StreamState,
} from '@stategate/journal-spi/kit';
import { toBody } from './bodies.ts';
import type { Client } from './client.ts';
import { after as behind, endOf, streamOf, type Keys } from './keys.ts';
import { LIMITS, TUNING } from './limits.ts';
import { comparing, get, put, range, remove, type KeyValue } from './messages.ts';
import { toRecord, type RecordFacts } from './records.ts';
import { keysAtOnce, noteSize } from './sizes.ts';
import { toHead, toSnapshot } from './snapshots.ts';
import { change, look, lookAll } from './transactions.ts';

/** Streams of one page of a list: etcd takes 128 operations in a transaction. */
const LIST_LIMIT = 100;

interface State extends StreamState {
  readonly atOnce: number;
}

export function createJournal(client: Client, keys: Keys): Journal {
  const nameOf = ({ stream }: { readonly stream: StreamKey }) => keys.stream(stream).head;

  return journalFrom<State>(client.calls, {
    limits: LIMITS,
    page: TUNING.page,

    appendMany: (requests, call) => eachInOrder(requests, nameOf, (request) => append(request, call)),

    async resolve({ stream, expected, token }, call) {
      const { head: headKey, record, records } = keys.stream(stream);
      const ops = [get(headKey), range(record(expected + 1), endOf(records), 1)];
      const [found, next] = await look(client, ops, call);
      const applied = appliedAs({ expected, token }, next);
      if (applied !== undefined) return { outcome: 'applied', lastSequenceNr: applied };
      const { head } = toHead(found);
      return { outcome: head > expected ? 'superseded' : 'absent', head };
    },

    recoverMany: (requests, call) => eachInOrder(requests, nameOf, (request) => recover(request, call)),

    async state(stream, call) {
      const { head, deletedTo, size } = keys.stream(stream);
      const [found, deleted, largest] = await look(client, [get(head), get(deletedTo), get(size)], call);
      return toState(found, deleted, largest);
    },

    fetch: (stream, { atOnce }, options) =>
      packedFetch(async ({ from, events, backward }) => {
        if (backward) throw new StoreError('Unsupported', 'etcd would sort the whole stream for it: read it forward');
        const { record, records } = keys.stream(stream);
        const found = range(record(from), endOf(records), Math.min(events, atOnce));
        return (await lookAll(client, found, options)).map(toRecord);
      }),

    async deleteTo(stream, sequenceNr, fence, call) {
      const { head, deletedTo, record, records } = keys.stream(stream);
      await change(
        client,
        [get(head), get(deletedTo)],
        ([found, deleted]) => {
          const current = toHead(found);
          checkEpoch(fence, current.epoch);
          const to = Math.min(sequenceNr, current.head);
          if (to <= toNumber(deleted)) return undefined;
          return [put(deletedTo, String(to)), remove(records, record(to + 1))];
        },
        'write',
        call,
      );
    },

    async list({ namespace, persistenceId, after = '', ...query }, call) {
      const limit = Math.min(query.limit, LIST_LIMIT);
      const all = keys.heads(namespace);
      const under = keys.heads(namespace, persistenceId);
      let from: Uint8Array = after === '' ? Buffer.from(under) : behind(all + after);
      const page: KeyValue[] = [];
      // One more than asked for says whether there is a next page. Streams that were only sealed are passed over.
      while (page.length <= limit) {
        const found = await lookAll(client, range(from, endOf(under), limit + 1), call);
        page.push(...found.filter((each) => toHead(each).head > 0));
        const last = found.at(-1);
        if (last === undefined) break;
        from = behind(last.key);
      }
      const shown = page.slice(0, limit).map((found) => ({ found, stream: streamOf(namespace, all, found.key) }));
      const ops = shown.map(({ stream }) => get(keys.stream(stream).deletedTo));
      const deleted = await look(client, ops, call);
      const streams = shown.map(({ found, stream }, at) => ({
        ...stream,
        ...toStreamHead(toState(found, deleted[at])),
      }));
      const next = page.length > limit ? page[limit - 1] : undefined;
      return next === undefined ? { streams } : { streams, next: next.key.toString().slice(all.length) };
    },
  });

  async function append(request: AppendRequest, call: Call): Promise<AppendResult> {
    const { stream, expected, fence, token, events } = request;
    const { head, size, record, records } = keys.stream(stream);
    const last = expected + events.length;
    const facts: RecordFacts = { first: expected + 1, epoch: fence.epoch, at: client.now(), token };
    const body = toBody(facts, events);
    const write = [
      put(head, `${last} ${fence.epoch}`),
      put(record(last), body),
      put(keys.tail(stream.namespace), ''),
      noteSize(size, body.byteLength),
    ];
    const { revision } = await change(
      client,
      [get(head), range(record(expected + 1), endOf(records), 1)],
      ([found, next]) => {
        const applied = appliedAs(request, next);
        if (applied === last) return undefined;
        if (applied !== undefined)
          throw new StoreError('InvalidRequest', `the token ${token} was used for another append of this stream`);
        const current = toHead(found);
        checkEpoch(fence, current.epoch);
        checkHead(expected, current.head);
        return write;
      },
      'write',
      call,
      // As an owner finds the stream that it has recovered: then one round trip is all. Behind that head there is no token.
      { compare: [comparing(head, 'EQUAL', `${expected} ${fence.epoch}`)], success: write },
    );
    return { lastSequenceNr: last, duplicate: revision === 0 };
  }

  async function recover({ stream, fence, snapshot }: RecoverRequest, call: Call): Promise<Found<State>> {
    const { head, deletedTo, size, snapshots } = keys.stream(stream);
    const newest = snapshot ? [range(snapshots, endOf(snapshots), 1)] : [];
    const { first } = await change(
      client,
      [get(head), get(deletedTo), get(size), ...newest],
      ([found]) => {
        const current = toHead(found);
        checkEpoch(fence, current.epoch);
        return fence.epoch > current.epoch ? [put(head, `${current.head} ${fence.epoch}`)] : undefined;
      },
      'seal',
      call,
    );
    const [found, deleted, largest, stored] = first;
    const state = { ...toState(found, deleted, largest), epoch: fence.epoch };
    return { state, ...(stored !== undefined && { snapshot: toSnapshot(stored) }) };
  }
}

/** The last event of the append, when the record in its place is its own. */
function appliedAs(
  { expected, token }: Pick<AppendRequest, 'expected' | 'token'>,
  next: KeyValue | undefined,
): number | undefined {
  const record = next === undefined ? undefined : toRecord(next);
  return record?.first === expected + 1 && record.token === token ? record.last : undefined;
}

function toState(found: KeyValue | undefined, deletedTo?: KeyValue, largest?: KeyValue): State {
  return { ...toHead(found), deletedTo: toNumber(deletedTo), atOnce: keysAtOnce(largest) };
}

function toNumber(found: KeyValue | undefined): number {
  return Number(found?.value.toString() ?? 0);
}
