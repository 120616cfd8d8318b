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
  StreamKey,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  encodePacked,
  journalFrom,
  packedFetch,
  settled,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Found } from '@stategate/journal-spi/kit';
import { TUNING } from './limits.ts';
import { createRecordReader, SMALL_BYTES } from './records.ts';
import { requiredNumber, textOf } from './rows.ts';
import type { Session, Statement } from './session.ts';
import type { SnapshotReader } from './snapshots.ts';
import { createStreamNames } from './stream-names.ts';
import { EVENTS, keyOf, stateOf, THE_STREAM } from './streams.ts';
import type { Streams, StreamState } from './streams.ts';

export interface JournalOptions {
  readonly limits: Limits;
  readonly maxStreamEvents: number;
  readonly now: () => number;
}

export function createJournal(
  session: Session,
  streams: Streams,
  loadSnapshot: SnapshotReader,
  { limits, maxStreamEvents, now }: JournalOptions,
): Journal {
  const table = session.table('streams');
  const row = `${THE_STREAM} AND kind = ${EVENTS}`;
  const appendCql = `UPDATE ${table} SET head = ?, sealed = ?, large = ?, n = ?, write_token = ?, epoch = ?, at = ?, body = ?
    WHERE ${row} AND seq = ? IF head = ? AND sealed <= ? AND deleted_to >= ?`;
  const tokenCql = `SELECT n, write_token FROM ${table} WHERE ${row} AND seq = ?`;
  const firstCql = `SELECT seq FROM ${table} WHERE ${row} AND seq <= ? ORDER BY kind DESC, seq DESC LIMIT 1`;
  const deleteToCql = `UPDATE ${table} SET deleted_to = ? WHERE ${THE_STREAM} IF sealed <= ? AND deleted_to = ?`;
  const deleteRowsCql = `DELETE FROM ${table} WHERE ${row} AND seq < ?`;
  const names = createStreamNames(session);
  const readRecords = createRecordReader(session);

  return journalFrom<StreamState>(session.calls, {
    limits,
    page: TUNING.page,
    appendMany: (requests, call) => Promise.all(requests.map((request) => settled(append(request, call)))),
    resolve,
    recoverMany: (requests, call) => Promise.all(requests.map((request) => settled(recover(request, call)))),
    state: (stream, call) => streams.read(stream, call),
    fetch: (stream, { large }, options) => packedFetch((range) => readRecords(stream, range, large, options)),

    deleteTo: (stream, sequenceNr, fence, call) =>
      streams.lanes.run(keyOf(stream), call, async (lane) => {
        lane.state = undefined;
        for (;;) {
          const state = await streams.read(stream, call);
          checkEpoch(fence, state.epoch);
          const to = Math.min(sequenceNr, state.head);
          if (to <= state.deletedTo) return;
          const update = { cql: deleteToCql, params: [to, ...keyOf(stream), fence.epoch, state.deletedTo] };
          if ((await session.cas([update, ...(await rowsBefore(stream, to, call))], call)).applied) return;
        }
      }),

    list: (query, call) => names.list(query, async (stream) => toHead(await streams.read(stream, call)), call),
  });

  async function append(request: AppendRequest, options: OpOptions): Promise<AppendResult> {
    const { stream, expected, fence, events } = request;
    const body = encodePacked(events);
    const found = await streams.lanes.run(keyOf(stream), options, async (lane) => {
      // Heads only grow: this one needs no turn to learn that it is too late.
      if (lane.state !== undefined && lane.state.head > expected) return lane.state;
      lane.state = undefined;
      const state = await looked(request, options, () => write(request, body, options));
      const applied = { head: expected + events.length, deletedTo: 0, epoch: fence.epoch, begun: true, large: false };
      lane.state = state ?? applied;
      return state;
    });
    return found === undefined
      ? { lastSequenceNr: expected + events.length, duplicate: false }
      : verdict(request, found, options);
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
    if (expected === 0) await names.add(stream, options);
    for (;;) {
      const result = await session.cas([{ cql: appendCql, params }], options);
      if (result.applied) return undefined;
      const state = stateOf(result.row);
      if (state.begun || expected > 0) return state;
      // Nobody has begun this stream.
      await streams.seal(stream, fence, options);
    }
  }

  /** A write whose answer is lost is looked for, as long as there is time. When it is not there it may still come. */
  async function looked(
    request: AppendRequest,
    options: OpOptions,
    attempt: () => Promise<StreamState | undefined>,
  ): Promise<StreamState | undefined> {
    try {
      return await attempt();
    } catch (error) {
      if (!isStoreError(error) || error.code !== 'AmbiguousWrite') throw error;
      const outcome = await resolve(request, options).catch(() => undefined);
      if (outcome?.outcome === 'applied') return undefined;
      if (outcome?.outcome === 'superseded') return streams.read(request.stream, options);
      throw error;
    }
  }

  /** Token, then epoch, then sequence. */
  async function verdict(request: AppendRequest, state: StreamState, options: OpOptions): Promise<AppendResult> {
    const { stream, expected, fence, token } = request;
    const last = state.head > expected ? await lastOf(stream, expected, token, options) : undefined;
    if (last !== undefined) return { lastSequenceNr: last, duplicate: true };
    checkEpoch(fence, state.epoch);
    checkHead(expected, state.head);
    const size = expected + request.events.length - state.deletedTo;
    throw new StoreError(
      'BatchTooLarge',
      `the stream would hold ${size} events, the limit is ${maxStreamEvents}: delete some that a snapshot covers, or raise store.config.maxStreamEvents`,
      { size, limit: maxStreamEvents },
    );
  }

  async function resolve(
    { stream, expected, token }: Pick<AppendRequest, 'stream' | 'expected' | 'token'>,
    options: OpOptions,
  ): Promise<Resolution> {
    const { head } = await streams.read(stream, options, 'serial');
    if (head <= expected) return { outcome: 'absent', head };
    const last = await lastOf(stream, expected, token, options);
    return last === undefined ? { outcome: 'superseded', head } : { outcome: 'applied', lastSequenceNr: last };
  }

  /** The last event of the append with this token that follows `expected`. */
  async function lastOf(
    stream: StreamKey,
    expected: SequenceNr,
    token: string,
    options: OpOptions,
  ): Promise<SequenceNr | undefined> {
    const [found] = await session.select({ cql: tokenCql, params: [...keyOf(stream), expected + 1] }, options);
    return found !== undefined && textOf(found, 'write_token') === token
      ? expected + requiredNumber(found, 'n')
      : undefined;
  }

  async function recover({ stream, fence, snapshot }: RecoverRequest, options: OpOptions): Promise<Found<StreamState>> {
    const state = await streams.lanes.run(keyOf(stream), options, async (lane) => {
      lane.state = undefined;
      return streams.seal(stream, fence, options);
    });
    return { state, snapshot: snapshot ? await loadSnapshot(stream, Number.MAX_SAFE_INTEGER, options) : null };
  }

  /** The row with the last deleted event stays: it may hold others, and its token is not forgotten. */
  async function rowsBefore(stream: StreamKey, to: SequenceNr, options: OpOptions): Promise<readonly Statement[]> {
    const [found] = await session.select({ cql: firstCql, params: [...keyOf(stream), to] }, options);
    if (found === undefined) return [];
    return [{ cql: deleteRowsCql, params: [...keyOf(stream), requiredNumber(found, 'seq')] }];
  }
}
