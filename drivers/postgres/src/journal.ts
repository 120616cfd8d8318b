import { isStoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Journal,
  ListQuery,
  OpOptions,
  Outcome,
  Payload,
  StreamKey,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  journalFrom,
  judgeAppend,
  outcomeOf,
  pageOfList,
  parseTuple,
  payloadBytes,
  resolutionOf,
  settled,
  toHead,
} from '@stategate/journal-spi/kit';
import type { Bell, Standing, StreamState } from '@stategate/journal-spi/kit';
import { int8Array, payloadArrays, textArray } from './arrays.ts';
import type { Connection } from './connection.ts';
import { serveGrouped } from './groups.ts';
import { LIMITS, TUNING } from './limits.ts';
import { fromText, toText } from './names.ts';
import { recoverGroup } from './recovery.ts';
import type { Statements } from './statements.ts';
import { fetchFrom, keyOf, sealStreams, toState } from './streams.ts';
import type { QueryBuilder } from './tables.ts';

/** How many hidden events one statement removes. */
const REMOVED_AT_ONCE = 5000;

export function createJournal(
  connection: Connection,
  statements: Statements,
  { db }: QueryBuilder,
  bell: Bell,
): Journal {
  return journalFrom<StreamState>(connection.calls, {
    limits: LIMITS,
    page: TUNING.page,

    async appendMany(requests, call) {
      const appends = requests.map((request) => ({ request, key: keyOf(request.stream), bytes: bytesOf(request) }));
      const outcomes = await serveGrouped(appends, {
        place: ({ key }) => key,
        bytes: ({ bytes }) => bytes,
        kind: ({ request }) => request.fence.epoch,
        serve: (group) => appendGroup(group, call),
      });
      bell.ring();
      return outcomes;
    },

    async resolve(request, call) {
      const [found = { head: 0, epoch: 0 }] = await look([request], call);
      return resolutionOf(request.expected, found);
    },

    recoverMany: (requests, call) =>
      serveGrouped(requests, {
        place: ({ stream }) => keyOf(stream),
        bytes: () => 0,
        async serve(group) {
          await sealStreams(connection, statements, group, call);
          return recoverGroup(connection, statements, group, call);
        },
      }),

    state,
    fetch: (stream, _, options) => fetchFrom(connection, statements, stream, options),

    async deleteTo(stream, sequenceNr, fence, call) {
      const [row] = await connection.run('write', statements.hide, [keyOf(stream), sequenceNr, fence.epoch], call);
      if (row === undefined) return checkEpoch(fence, (await state(stream, call)).epoch);
      let removed: number;
      do {
        const values = [...row, REMOVED_AT_ONCE];
        removed = (await connection.run('write', statements.remove, values, call)).length;
      } while (removed === REMOVED_AT_ONCE);
    },

    async list(query, options) {
      const { namespace, persistenceId, limit } = query;
      const [lastId, lastSid] = cursor(query);
      let select = db
        .selectFrom('stream')
        .select(['sid', 'persistence_id', 'entity_id', 'head', 'deleted_to', 'epoch'])
        .where('namespace', '=', toText(namespace))
        .where('head', '>', 0)
        .where((of) => of(of.refTuple('persistence_id', 'sid'), '>', of.tuple(lastId, lastSid)))
        .orderBy('persistence_id')
        .orderBy('sid')
        // One more than asked for says whether there is a next page.
        .limit(limit + 1);
      if (persistenceId !== undefined) select = select.where('persistence_id', '=', toText(persistenceId));
      const rows = await connection.query('read', select, options);
      const { page, ...next } = pageOfList(rows, limit, (row) => JSON.stringify([row.persistence_id, row.sid]));
      const streams = page.map((row) => ({
        namespace,
        persistenceId: fromText(row.persistence_id),
        entityId: fromText(row.entity_id),
        ...toHead(toState([row.head, row.deleted_to, row.epoch])),
      }));
      return { streams, ...next };
    },
  });

  async function state(stream: StreamKey, options: OpOptions): Promise<StreamState> {
    const [row] = await connection.run('read', statements.head, [keyOf(stream)], options);
    return toState(row);
  }

  async function appendGroup(
    group: readonly Append[],
    options: OpOptions,
  ): Promise<readonly (Outcome<AppendResult> | undefined)[]> {
    const longer = group.some(({ request }) => request.events.length > 1);
    const statement = longer ? statements.appendLonger : statements.append;
    const values = () => appendValues(group, longer, connection.now());
    const [row] = await connection.run('write', statement, values, options);
    const positions = row?.[0] ?? null;
    if (positions === null) return group.map(({ request }) => appended(request));
    const written = new Set(positions.slice(1, -1).split(',').map(Number));
    const refused = group.flatMap(({ request }, n) => (written.has(n + 1) ? [] : [request]));
    // What was written stays so, whatever becomes of the question why the others were not.
    const verdicts = await settled(judge(refused, options));
    return group.map(({ request }, n) => {
      if (written.has(n + 1)) return appended(request);
      return isStoreError(verdicts) ? verdicts : verdicts.shift();
    });
  }

  /** Why these were not written; undefined where nothing stands in the way any more. */
  async function judge(
    refused: readonly AppendRequest[],
    options: OpOptions,
  ): Promise<(Outcome<AppendResult> | undefined)[]> {
    const found = await look(refused, options);
    const verdicts = refused.map((request, n) =>
      outcomeOf(() => judgeAppend(request, found[n] ?? { head: 0, epoch: 0 })),
    );
    const unknown = refused.filter((_, n) => found[n] === undefined && verdicts[n] === undefined);
    if (unknown.length > 0) await sealStreams(connection, statements, unknown, options);
    return verdicts;
  }

  async function look(
    requests: readonly Pick<AppendRequest, 'stream' | 'expected' | 'token'>[],
    options: OpOptions,
  ): Promise<readonly (Standing | undefined)[]> {
    const values = [
      textArray(requests.map(({ stream }) => keyOf(stream))),
      int8Array(requests.map(({ expected }) => expected)),
      textArray(requests.map(({ token }) => toText(token))),
    ];
    const rows = await connection.run('read', statements.look, values, options);
    const found = new Map(
      rows.map(([position, head, epoch, known, last]) => [position, { head, epoch, last: known ? last : undefined }]),
    );
    return requests.map((_, n) => found.get(n + 1));
  }
}

function appended({ expected, events }: AppendRequest): AppendResult {
  return { lastSequenceNr: expected + events.length, duplicate: false };
}

interface Append {
  readonly request: AppendRequest;
  readonly key: string;
  /** Of all its events. */
  readonly bytes: number;
}

function bytesOf({ events }: AppendRequest): number {
  return events.reduce((sum, event) => sum + payloadBytes(event), 0);
}

/** As the statement takes them: the first event of each request, and those that come after it. */
function appendValues(group: readonly Append[], longer: boolean, now: number): (Buffer | number)[] {
  const firsts = group.map(({ request }) => request.events[0] ?? null);
  const values = [
    textArray(group.map(({ key }) => key)),
    int8Array(group.map(({ request }) => request.expected)),
    group[0]?.request.fence.epoch ?? 0,
    textArray(group.map(({ request }) => toText(request.token))),
    int8Array(group.map(({ bytes }) => bytes)),
    ...payloadArrays(firsts),
    now,
  ];
  if (!longer) return values;
  const others: Payload[] = [];
  const upTo: number[] = [];
  const starts: number[] = [];
  for (const {
    request: { events },
  } of group) {
    starts.push(others.length + 1);
    let bytes = 0;
    for (const [n, event] of events.entries()) {
      bytes += payloadBytes(event);
      if (n === 0) continue;
      others.push(event);
      upTo.push(bytes);
    }
  }
  return [
    ...values,
    int8Array(group.map(({ request }) => request.events.length)),
    int8Array(firsts.map((first) => (first === null ? 0 : payloadBytes(first)))),
    int8Array(starts),
    ...payloadArrays(others),
    int8Array(upTo),
  ];
}

/** Streams are listed by persistence id and the order in which they were made. */
function cursor({ after }: ListQuery): readonly [string, number] {
  return after === undefined ? ['', 0] : parseTuple(after, ['string', 'number'], 'next of an earlier page');
}
