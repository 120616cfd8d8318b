import { isStoreError, StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Journal,
  Limits,
  OpOptions,
  RecoverRequest,
  Resolution,
  SequenceNr,
  SnapshotStore,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  encodePacked,
  journalFrom,
  judgeAppend,
  packedFetch,
  pageOfList,
  parseTuple,
  resolutionOf,
  settled,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Found } from '@stategate/journal-spi/kit';
import { TUNING } from './limits.ts';
import { createNames } from './names.ts';
import { createRecords, SMALL_BYTES } from './records.ts';
import { requiredNumber, textOf } from './rows.ts';
import type { Session } from './session.ts';
import { EVENTS, keyOf, stateOf, THE_STREAM } from './streams.ts';
import type { Streams, StreamState } from './streams.ts';

export interface JournalOptions {
  readonly limits: Limits;
  readonly maxStreamEvents: number;
  readonly now: () => number;
}

type Written = Pick<AppendRequest, 'stream' | 'expected' | 'token'>;

export function createJournal(
  session: Session,
  { lanes, read, seal }: Streams,
  snapshots: SnapshotStore,
  { limits, maxStreamEvents, now }: JournalOptions,
): Journal {
  const table = session.table('streams');
  const row = `${THE_STREAM} AND kind = ${EVENTS}`;
  const appendCql = `UPDATE ${table} SET head = ?, sealed = ?, large = ?, n = ?, write_token = ?, epoch = ?, at = ?, body = ?
    WHERE ${row} AND seq = ? IF head = ? AND sealed <= ? AND deleted_to >= ?`;
  const tokenCql = `SELECT n, write_token FROM ${table} WHERE ${row} AND seq = ?`;
  const lastCql = `SELECT seq FROM ${table} WHERE ${row} AND seq <= ? ORDER BY kind DESC, seq DESC LIMIT 1`;
  const deleteToCql = `UPDATE ${table} SET deleted_to = ? WHERE ${THE_STREAM} IF sealed <= ? AND deleted_to = ?`;
  const removeCql = `DELETE FROM ${table} WHERE ${row} AND seq < ?`;
  const names = createNames(session, 'stream_names', ['ns'], ['pid', 'eid']);
  const records = createRecords(session);

  return journalFrom<StreamState>(session.calls, {
    limits,
    page: TUNING.page,
    appendMany: (requests, call) => Promise.all(requests.map((request) => settled(append(request, call)))),
    resolve,
    recoverMany: (requests, call) => Promise.all(requests.map((request) => settled(recover(request, call)))),
    state: read,
    fetch: (stream, { large }, options) => packedFetch(records(stream, large, options)),

    deleteTo: (stream, sequenceNr, fence, call) =>
      lanes.run(keyOf(stream), call, async () => {
        const key = keyOf(stream);
        for (;;) {
          const state = await read(stream, call);
          checkEpoch(fence, state.epoch);
          const to = Math.min(sequenceNr, state.head);
          if (to <= state.deletedTo) return;
          const update = { cql: deleteToCql, params: [to, ...key, fence.epoch, state.deletedTo] };
          // The row with the last deleted event stays: it may hold others, and its token is not forgotten.
          const rows = await session.select({ cql: lastCql, params: [...key, to] }, call);
          const remove = rows.map((last) => ({ cql: removeCql, params: [...key, requiredNumber(last, 'seq')] }));
          if ((await session.cas([update, ...remove], call)).applied) return;
        }
      }),

    async list({ namespace, persistenceId, after, limit }, call) {
      const start =
        after === undefined
          ? [persistenceId ?? '', '']
          : parseTuple(after, ['string', 'string'], 'next of an earlier page');
      const isWanted = ([pid]: readonly string[]) => pid === (persistenceId ?? pid);
      async function find([pid = '', entityId = '']: readonly string[]) {
        const stream = { namespace, persistenceId: pid, entityId };
        const head = toHead(await read(stream, call));
        return head.exists ? { ...stream, ...head } : null;
      }
      const found = await names.list([namespace], { than: '>', start, limit: limit + 1, isWanted, find }, call);
      const { page, ...next } = pageOfList(found, limit, (last) => JSON.stringify([last.persistenceId, last.entityId]));
      return { streams: page, ...next };
    },
  });

  async function append(request: AppendRequest, options: OpOptions): Promise<AppendResult> {
    const { stream, expected, fence, events } = request;
    const lastSequenceNr = expected + events.length;
    const body = encodePacked(events);
    const found = await lanes.run(keyOf(stream), options, async (turn) => {
      const known = turn.before;
      // Heads only grow: who comes too late needs no turn to learn it.
      const isTooLate = known !== undefined && known.head > expected;
      const state = isTooLate ? known : await write(request, body, options);
      turn.after = state ?? { head: lastSequenceNr, deletedTo: 0, epoch: fence.epoch, begun: true, large: false };
      return state;
    });
    if (found === undefined) return { lastSequenceNr, duplicate: false };

    const last = await lastOf(request, found.head, options);
    const judged = judgeAppend(request, { ...found, last });
    if (judged !== undefined) return judged;
    const size = lastSequenceNr - found.deletedTo;
    throw new StoreError(
      'BatchTooLarge',
      `the stream would hold ${size} events, the limit is ${maxStreamEvents}: delete some that a snapshot covers, or raise store.config.maxStreamEvents`,
      { size, limit: maxStreamEvents },
    );
  }

  /** Undefined when it was applied, else the state that kept it from that. */
  async function write(request: AppendRequest, body: Uint8Array, options: OpOptions): Promise<StreamState | undefined> {
    const { stream, expected, fence, token, events } = request;
    const { epoch } = fence;
    const first = expected + 1;
    const last = expected + events.length;
    const large = body.byteLength > SMALL_BYTES ? first : undefined;
    const record = [events.length, token, epoch, now(), body];
    const conditions = [expected, epoch, last - maxStreamEvents];
    const params = [last, epoch, large, ...record, ...keyOf(stream), first, ...conditions];
    if (expected === 0) await names.add([stream.namespace], [stream.persistenceId, stream.entityId], options);
    try {
      for (;;) {
        const result = await session.cas([{ cql: appendCql, params }], options);
        if (result.applied) return undefined;
        const state = stateOf(result.row);
        if (state.begun || expected > 0) return state;
        // Nobody has begun this stream.
        await seal(stream, fence, options);
      }
    } catch (error) {
      if (!isStoreError(error) || error.code !== 'AmbiguousWrite') throw error;
      // It is looked for, as long as there is time. When it is not there it may still come.
      const found = await resolve(request, options).catch(() => undefined);
      if (found?.outcome === 'applied') return undefined;
      if (found?.outcome === 'superseded') return read(stream, options);
      throw error;
    }
  }

  async function resolve(request: Written, options: OpOptions): Promise<Resolution> {
    const { head } = await read(request.stream, options, 'serial');
    return resolutionOf(request.expected, { head, last: await lastOf(request, head, options) });
  }

  /** The last event of the append with this token that follows `expected`, when there is one. */
  async function lastOf(
    { stream, expected, token }: Written,
    head: SequenceNr,
    options: OpOptions,
  ): Promise<SequenceNr | undefined> {
    if (head <= expected) return undefined;
    const [found] = await session.select({ cql: tokenCql, params: [...keyOf(stream), expected + 1] }, options);
    return found !== undefined && textOf(found, 'write_token') === token
      ? expected + requiredNumber(found, 'n')
      : undefined;
  }

  async function recover({ stream, fence, snapshot }: RecoverRequest, options: OpOptions): Promise<Found<StreamState>> {
    const state = await lanes.run(keyOf(stream), options, () => seal(stream, fence, options));
    return { state, snapshot: snapshot ? await snapshots.load(stream, {}, options) : null };
  }
}
