import { StoreError } from '@stategate/journal-spi';
import type { AppendRequest, AppendResult, Journal, RecoverRequest, StreamKey } from '@stategate/journal-spi';
import { checkEpoch, eachInOrder, journalFrom, judgeAppend, packedFetch } from '@stategate/journal-spi/kit';
import { pageOfList, resolutionOf, toHead, type Call, type Found, type StreamState } from '@stategate/journal-spi/kit';
import { headOf, toBody, toRecord, type RecordFacts } from './bodies.ts';
import type { Client } from './client.ts';
import { behind, endOf, streamOf, type Keys } from './keys.ts';
import { LIMITS, TUNING } from './limits.ts';
import { comparing, get, numberIn, put, range, remove, type KeyValue } from './messages.ts';
import { keysAtOnce, noteSize } from './sizes.ts';
import { toSnapshot } from './snapshots.ts';
import { change, look, lookAll, scan, type First } from './transactions.ts';

/** Streams of one page of a list: etcd takes 128 operations in a transaction. */
const LIST_LIMIT = 100;

interface State extends StreamState {
  readonly atOnce: number;
}

export function createJournal(client: Client, keys: Keys): Journal {
  const nameOf = ({ stream }: { readonly stream: StreamKey }) => keys.stream(stream).head;

  async function append(request: AppendRequest, call: Call): Promise<AppendResult> {
    const { stream, expected, fence, token, events } = request;
    const own = keys.stream(stream);
    const last = expected + events.length;
    const facts: RecordFacts = { first: expected + 1, epoch: fence.epoch, at: client.now(), token };
    const body = toBody(facts, events);
    const write = [
      put(own.head, `${last} ${fence.epoch}`),
      put(own.record(last), body),
      put(keys.tail(stream.namespace), ''),
      noteSize(own.size, body.byteLength),
    ];
    // As an owner finds the stream that it has recovered: then one round trip is all. Behind that head there is no token.
    const guess = { compare: [comparing(own.head, 'EQUAL', `${expected} ${fence.epoch}`)], success: write };
    const { revision } = await change(client, call, { ops: standingOps(own, expected), guess }, (first) =>
      judgeAppend(request, standingOf(request, first)) === undefined ? write : undefined,
    );
    return { lastSequenceNr: last, duplicate: revision === 0 };
  }

  function stateOps(stream: StreamKey) {
    const { head, deletedTo, size } = keys.stream(stream);
    return [get(head), get(deletedTo), get(size)];
  }

  async function recover({ stream, fence, snapshot }: RecoverRequest, call: Call): Promise<Found<State>> {
    const { head, snapshots } = keys.stream(stream);
    const ops = [...stateOps(stream), ...(snapshot ? [range(snapshots, endOf(snapshots), 1)] : [])];
    const { first } = await change(client, call, { ops, effect: 'seal' }, ([found]) => {
      const current = headOf(found);
      checkEpoch(fence, current.epoch);
      return fence.epoch > current.epoch ? [put(head, `${current.head} ${fence.epoch}`)] : undefined;
    });
    const stored = first[3];
    return { state: { ...toState(first), epoch: fence.epoch }, snapshot: stored && toSnapshot(stored) };
  }

  return journalFrom<State>(client.calls, {
    limits: LIMITS,
    page: TUNING.page,

    appendMany: (requests, call) => eachInOrder(requests, nameOf, (request) => append(request, call)),

    async resolve(request, call) {
      const ops = standingOps(keys.stream(request.stream), request.expected);
      return resolutionOf(request.expected, standingOf(request, await look(client, ops, call)));
    },

    recoverMany: (requests, call) => eachInOrder(requests, nameOf, (request) => recover(request, call)),

    state: async (stream, call) => toState(await look(client, stateOps(stream), call)),

    fetch: (stream, { atOnce }, options) =>
      packedFetch(async ({ from, events, backward }) => {
        if (backward) throw new StoreError('Unsupported', 'etcd would sort the whole stream for it: read it forward');
        const { record, records } = keys.stream(stream);
        const found = range(record(from), endOf(records), Math.min(events, atOnce));
        return (await lookAll(client, found, options)).map(toRecord);
      }),

    async deleteTo(stream, sequenceNr, fence, call) {
      const { head, deletedTo, record, records } = keys.stream(stream);
      await change(client, call, { ops: [get(head), get(deletedTo)] }, ([found, deleted]) => {
        const current = headOf(found);
        checkEpoch(fence, current.epoch);
        const to = Math.min(sequenceNr, current.head);
        if (to <= numberIn(deleted)) return undefined;
        return [put(deletedTo, String(to)), remove(records, record(to + 1))];
      });
    },

    async list({ namespace, persistenceId, after = '', ...query }, call) {
      const limit = Math.min(query.limit, LIST_LIMIT);
      const all = keys.heads(namespace);
      const under = persistenceId === undefined ? all : keys.heads(namespace, persistenceId);
      const from = after === '' ? under : behind(all + after);
      const found: KeyValue[] = [];
      // One more than asked for says whether there is a next page. Streams that were only sealed are passed over.
      for await (const each of scan(client, from, endOf(under), limit + 1, call)) {
        if (headOf(each).head > 0) found.push(each);
        if (found.length > limit) break;
      }
      const { page, ...next } = pageOfList(found, limit, ({ key }) => key.toString().slice(all.length));
      const shown = page.map((head) => ({ head, stream: streamOf(namespace, all, head.key) }));
      const ops = shown.map(({ stream }) => get(keys.stream(stream).deletedTo));
      const deleted = await look(client, ops, call);
      const streams = shown.map(({ head, stream }, at) => ({ ...stream, ...toHead(toState([head, deleted[at]])) }));
      return { streams, ...next };
    },
  });
}

function toState([found, deleted, largest]: First): State {
  return { ...headOf(found), deletedTo: numberIn(deleted), atOnce: keysAtOnce(largest) };
}

/** The head, and what tells whether an append was written. */
function standingOps({ head, record, records }: ReturnType<Keys['stream']>, expected: number) {
  return [get(head), range(record(expected + 1), endOf(records), 1)];
}

/** What an append meets: the record in its place may be its own. */
function standingOf({ expected, token }: Pick<AppendRequest, 'expected' | 'token'>, [found, next]: First) {
  const record = next && toRecord(next);
  const own = record?.first === expected + 1 && record.token === token;
  return { ...headOf(found), last: own ? record.last : undefined };
}
