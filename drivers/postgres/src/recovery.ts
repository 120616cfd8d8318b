import type { OpOptions, Outcome, RecoverRequest, Snapshot, StoredEvent } from '@stategate/journal-spi';
import { checkEpoch, outcomeOf } from '@stategate/journal-spi/kit';
import type { Found, StreamState } from '@stategate/journal-spi/kit';
import { int8Array, textArray } from './arrays.ts';
import type { Connection } from './connection.ts';
import type { RecoveredRow, Statements } from './statements.ts';
import { keyOf, toEvent, toSnapshot, toState } from './streams.ts';

/** Bytes of all first pages of a group together, and what each may have in any case. */
const GROUP_BYTES = 16 * 1024 ** 2;
const MIN_PAGE_BYTES = 64 * 1024;

/** Head, snapshot and first page of streams that were just sealed: one statement, so that they fit together. */
export async function recoverGroup(
  connection: Connection,
  statements: Statements,
  group: readonly RecoverRequest[],
  options: OpOptions,
): Promise<readonly Outcome<Found<StreamState>>[]> {
  const mostBytes = Math.max(MIN_PAGE_BYTES, Math.floor(GROUP_BYTES / group.length));
  const values = [
    textArray(group.map(({ stream }) => keyOf(stream))),
    int8Array(group.map(({ snapshot }) => (snapshot ? 1 : 0))),
    int8Array(group.map(({ after = 0 }) => after)),
    int8Array(group.map(({ page }) => page.events)),
    int8Array(group.map(({ page }) => Math.min(page.bytes, mostBytes))),
  ];
  const rows = await connection.run('seal', statements.recover, values, options);
  const found = Map.groupBy(rows, ([position]) => position);
  return group.map((request, n) => outcomeOf(() => recovered(request, found.get(n + 1) ?? [])));
}

function recovered({ fence }: RecoverRequest, rowsOfOne: readonly RecoveredRow[]): Found<StreamState> {
  let state = toState();
  let snapshot: Snapshot | undefined;
  const first: StoredEvent[] = [];
  for (const [, kind, ...row] of rowsOfOne) {
    if (kind === 'e') first.push(toEvent(row));
    else if (kind === 's') snapshot = toSnapshot(row);
    else state = toState([row[0], row[2], row[1]]);
  }
  checkEpoch(fence, state.epoch);
  return { state, snapshot, first };
}
