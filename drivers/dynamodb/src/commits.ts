import { StoreError } from '@stategate/journal-spi';
import type { Epoch, OpOptions, SequenceNr, Token } from '@stategate/journal-spi';
import type { Call, Effect, PackedRecord, RecordFetch } from '@stategate/journal-spi/kit';
import { loadBody } from './bodies.ts';
import { LAST_NUMBER, number, numbered, numberOf, text, textOf } from './items.ts';
import type { Item } from './items.ts';
import type { Table, Written } from './table.ts';

/**
 * One place in the log of a stream: an append, or a seal, which has no events. Places are taken one after the other, each for
 * good, by a put of what is not there: so whoever takes a place knows all that came before it.
 */
export interface Commit {
  readonly number: number;
  readonly first: SequenceNr;
  /** One less than `first` for a seal: the head that it found. */
  readonly last: SequenceNr;
  readonly epoch: Epoch;
  /** Empty for a seal. */
  readonly token: Token;
  /** The number in the feed; 0 when it is not in there. */
  readonly fed: number;
}

/** What a stream that was never touched seems to begin with. */
const NOTHING: Commit = { number: 0, first: 1, last: 0, epoch: 0, token: '', fed: 0 };

const WITHOUT_BODY = 'sk, f, l, e, t, g';

export function toCommit(item: Item): Commit {
  return {
    number: Number(textOf(item, 'sk')),
    first: numberOf(item, 'f'),
    last: numberOf(item, 'l'),
    epoch: numberOf(item, 'e'),
    token: textOf(item, 't'),
    fed: numberOf(item, 'g'),
  };
}

/** The last commit of a stream: its head and its epoch. */
export async function newestCommit(table: Table, pk: string, call: Call): Promise<Commit> {
  const { items } = await table.query(pk, { from: LAST_NUMBER, backward: true, limit: 1, only: WITHOUT_BODY }, call);
  return items[0] === undefined ? NOTHING : toCommit(items[0]);
}

/** Takes the commit's place, unless another one has it. */
export function takePlace(
  table: Table,
  pk: string,
  commit: Commit,
  body: Item,
  call: Call,
  effect: Effect,
): Promise<Written> {
  const { number: place, first, last, epoch, token, fed } = commit;
  return table.insert(
    { pk, sk: numbered(place) },
    {
      f: number(first),
      l: number(last),
      e: number(epoch),
      w: number(table.now()),
      ...(token !== '' && { t: text(token) }),
      ...(fed !== 0 && { g: number(fed) }),
      ...body,
    },
    call,
    effect,
  );
}

/** The seal that follows a commit. */
export function sealAfter(newest: Commit, epoch: Epoch): Commit {
  return { ...NOTHING, number: newest.number + 1, first: newest.last + 1, last: newest.last, epoch };
}

/** The commit that holds an event up to the head: the first one that reaches so far, found by halving. */
export async function commitOf(
  table: Table,
  pk: string,
  sequenceNr: SequenceNr,
  newest: Commit,
  call: Call,
): Promise<Commit> {
  let [low, found] = [1, newest];
  while (low < found.number && found.first !== sequenceNr) {
    // With one event in each commit it would be there; with more of them it is behind.
    const guess = Math.min(found.number - (found.last - sequenceNr), found.number - 1);
    const middle = Math.max((low + found.number) >> 1, guess);
    const item = await table.get({ pk, sk: numbered(middle) }, call, WITHOUT_BODY);
    if (item === undefined) throw new StoreError('IntegrityError', `commit ${middle} is missing in the log of ${pk}`);
    const commit = toCommit(item);
    if (commit.last < sequenceNr) low = middle + 1;
    else found = commit;
  }
  return found;
}

/** Reads the commits of one read. `hint` is a commit from which on the first event wanted comes; it is looked for when absent. */
export function recordsOf(table: Table, pk: string, options: OpOptions, hint?: number): RecordFetch {
  let place = hint;
  let expected: SequenceNr | undefined;
  return ({ from, to, backward, events, bytes: most }) =>
    table.calls.run('read', options, async (call) => {
      if (place === undefined || (expected !== undefined && expected !== from)) place = await find(from, call);
      const step = backward ? -1 : 1;
      const records: PackedRecord[] = [];
      let size = 0;
      for (let ended = false; !ended && records.length === 0;) {
        const page = await table.query(pk, { from: numbered(place), backward, limit: events }, call);
        ended = page.next === undefined;
        for (const item of page.items) {
          const { number: at, first, last, epoch } = toCommit(item);
          const beyond = backward ? last < to : first > to;
          ended ||= beyond;
          if (beyond || size >= most) break;
          place = at + step;
          // Seals, and what lies before the place that the hint could not name exactly.
          if (last < first || (backward ? first > from : last < from)) continue;
          const body = await loadBody(table, item, call);
          if (body === undefined) throw new StoreError('IntegrityError', `parts of event ${first} are missing`);
          records.push({ first, last, epoch, at: numberOf(item, 'w'), body });
          size += body.byteLength;
          expected = backward ? first - 1 : last + 1;
        }
      }
      return records;
    });

  async function find(sequenceNr: SequenceNr, call: Call): Promise<number> {
    if (sequenceNr === 1) return 1;
    return (await commitOf(table, pk, sequenceNr, await newestCommit(table, pk, call), call)).number;
  }
}
