import { StoreError } from '@stategate/journal-spi';
import type { Epoch, Fence, OpOptions, SequenceNr, StreamKey, Token } from '@stategate/journal-spi';
import { checkEpoch } from '@stategate/journal-spi/kit';
import type { Call, PackedRecord, RecordFetch, StreamState } from '@stategate/journal-spi/kit';
import { loadBody } from './bodies.ts';
import type { Parts } from './bodies.ts';
import { LAST_NUMBER, META, number, numbered, numberOf, streamPartition, text, textOf } from './items.ts';
import type { Item } from './items.ts';
import { NOT_FENCED } from './table.ts';
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

/** What a stream has beside its log, in one item, so that it changes under a condition on its epoch. */
export interface Meta {
  readonly deletedTo: SequenceNr;
  readonly version: number;
  /** The newest last. */
  readonly snapshots: readonly SnapshotEntry[];
}

export interface SnapshotEntry {
  readonly sequenceNr: SequenceNr;
  /** The commit that the snapshot follows. */
  readonly commit: number;
  readonly at: number;
  readonly body: Parts;
}

export interface State extends StreamState {
  readonly newest: Commit;
  readonly meta: Meta;
}

/** Where a read goes on: at or before the commit that holds `from`. */
export interface ReadPlace {
  readonly from: SequenceNr;
  readonly place: number;
}

/** What a stream that was never touched seems to begin with. */
const NOTHING: Commit = { number: 0, first: 1, last: 0, epoch: 0, token: '', fed: 0 };

const WITHOUT_BODY = 'sk, f, l, e, t, g';

/** A stream's partition of the table. */
export class Stream {
  readonly table: Table;
  readonly pk: string;

  constructor(table: Table, key: StreamKey) {
    this.table = table;
    this.pk = streamPartition(key);
  }

  async state(call: Call): Promise<State> {
    return this.#state(await Promise.all([this.newest(call), this.meta(call)]), call);
  }

  /** Raises the epochs that guard log and meta item. Throws `Fenced` when one is higher. */
  async seal(fence: Fence, call: Call): Promise<State> {
    const meta = async () => toMeta(await this.table.seal({ pk: this.pk, sk: META }, fence, call));
    return this.#state(await Promise.all([this.#sealLog(fence, call), meta()]), call);
  }

  /** The last commit: head and epoch. */
  async newest(call: Call): Promise<Commit> {
    const query = { from: LAST_NUMBER, backward: true, limit: 1, only: WITHOUT_BODY };
    const { items } = await this.table.query(this.pk, query, call);
    return items[0] === undefined ? NOTHING : toCommit(items[0]);
  }

  /** Takes the commit's place, unless another one has it. */
  take({ number: place, first, last, epoch, token, fed }: Commit, body: Item, call: Call): Promise<Written> {
    const item = {
      f: number(first),
      l: number(last),
      e: number(epoch),
      w: number(this.table.now()),
      ...(token !== '' && { t: text(token) }),
      ...(fed !== 0 && { g: number(fed) }),
      ...body,
    };
    return this.table.insert({ pk: this.pk, sk: numbered(place) }, item, call, token === '' ? 'seal' : 'write');
  }

  /**
   * The commit that holds an event up to the head. It is looked for where it would be if all commits between those that are known
   * had as many events, and every other time in the middle, so that it is soon found also where they have not.
   */
  async commitOf(sequenceNr: SequenceNr, newest: Commit, call: Call): Promise<Commit> {
    let [before, found] = [NOTHING, newest];
    for (let tries = 0; found.first > sequenceNr; tries += 1) {
      const share = tries % 2 === 0 ? (sequenceNr - before.last) / (found.last - before.last) : 0.5;
      const guess = before.number + Math.ceil(share * (found.number - before.number));
      const place = Math.min(guess, found.number - 1);
      const key = { pk: this.pk, sk: numbered(place) };
      const item = place === before.number ? undefined : await this.table.get(key, call, WITHOUT_BODY);
      if (item === undefined)
        throw this.#damaged(`commit ${place}, which should lead to event ${sequenceNr}, is missing`);
      const commit = toCommit(item);
      if (commit.last < sequenceNr) before = commit;
      else found = commit;
    }
    return found;
  }

  /** Reads the commits of one read, up to the newest one. Where it begins is looked for when `start` does not say it. */
  records(newest: Commit, options: OpOptions, start?: ReadPlace): RecordFetch {
    let next = start;
    const find = async (from: SequenceNr, backward: boolean, call: Call) =>
      // Seals may come before the first event.
      from === 1 && !backward ? 1 : (await this.commitOf(from, newest, call)).number;

    return ({ from, to, backward, events, bytes: most }) =>
      this.table.calls.run('read', options, async (call) => {
        let place = next?.from === from ? next.place : await find(from, backward, call);
        const records: PackedRecord[] = [];
        for (let size = 0; ;) {
          const page = await this.table.query(this.pk, { from: numbered(place), backward, limit: events }, call);
          for (const item of page.items) {
            const { number: at, first, last } = toCommit(item);
            if (size >= most || (backward ? last < to : first > to)) return records;
            place = backward ? at - 1 : at + 1;
            // Seals, and what lies before the place that `start` could not name exactly.
            if (last < first || (backward ? first > from : last < from)) continue;
            const record = await this.record(item, call);
            records.push(record);
            size += record.body.byteLength;
            next = { place, from: backward ? first - 1 : last + 1 };
          }
          if (records.length > 0 || page.next === undefined) return records;
        }
      });
  }

  /** The events of a commit, as they are stored. */
  async record(item: Item, call: Call): Promise<PackedRecord> {
    const { first, last, epoch } = toCommit(item);
    const body = await loadBody(this.table, item, call);
    if (body === undefined) throw this.#damaged(`parts of event ${first} are missing`);
    return { first, last, epoch, at: numberOf(item, 'w'), body };
  }

  async meta(call: Call): Promise<Meta> {
    return toMeta((await this.table.get({ pk: this.pk, sk: META }, call)) ?? {});
  }

  /** Moves the mark forward, or leaves it. Throws `Fenced` for an earlier owner. */
  async moveDeletedTo(to: SequenceNr, fence: Fence, call: Call): Promise<void> {
    await this.#change('SET d = :d', 'attribute_not_exists(d) OR d < :d', { ':d': number(to) }, fence, call);
  }

  /** Puts another list in place of the one that was read. False when somebody else was faster. Throws `Fenced` for an earlier owner. */
  replaceSnapshots({ version }: Meta, entries: readonly SnapshotEntry[], fence: Fence, call: Call): Promise<boolean> {
    const values = { ':s': text(JSON.stringify(entries)), ':one': number(1), ':v': number(version) };
    return this.#change('SET s = :s ADD v :one', 'attribute_not_exists(v) OR v = :v', values, fence, call);
  }

  /** Changes the meta item, if the condition holds. */
  async #change(change: string, when: string, more: Item, fence: Fence, call: Call): Promise<boolean> {
    const values = { ':e': number(fence.epoch), ...more };
    const update = { change, when: `${NOT_FENCED} AND (${when})`, values };
    const { written, item } = await this.table.update({ pk: this.pk, sk: META }, update, call, 'write');
    if (!written) checkEpoch(fence, numberOf(item, 'e'));
    return written;
  }

  async #sealLog(fence: Fence, call: Call): Promise<Commit> {
    for (;;) {
      const newest = await this.newest(call);
      checkEpoch(fence, newest.epoch);
      if (newest.epoch === fence.epoch) return newest;
      const next = sealAfter(newest, fence.epoch);
      if ((await this.take(next, {}, call)).written) return next;
    }
  }

  /** Log and meta item were read at once: where the one knows of events that were not yet in the other, the log is read again. */
  async #state([seen, meta]: readonly [Commit, Meta], call: Call): Promise<State> {
    const { deletedTo, snapshots } = meta;
    const behind = seen.last < Math.max(deletedTo, snapshots.at(-1)?.sequenceNr ?? 0);
    const newest = behind ? await this.newest(call) : seen;
    return { head: newest.last, deletedTo, epoch: newest.epoch, newest, meta };
  }

  #damaged(what: string): StoreError {
    return new StoreError('IntegrityError', `${what} in ${this.pk}`);
  }
}

/** The seal that follows a commit. */
export function sealAfter(newest: Commit, epoch: Epoch): Commit {
  return { ...NOTHING, number: newest.number + 1, first: newest.last + 1, last: newest.last, epoch };
}

function toCommit(item: Item): Commit {
  return {
    number: Number(textOf(item, 'sk')),
    first: numberOf(item, 'f'),
    last: numberOf(item, 'l'),
    epoch: numberOf(item, 'e'),
    token: textOf(item, 't'),
    fed: numberOf(item, 'g'),
  };
}

function toMeta(item: Item): Meta {
  return {
    deletedTo: numberOf(item, 'd'),
    version: numberOf(item, 'v'),
    snapshots: JSON.parse(textOf(item, 's') || '[]') as SnapshotEntry[],
  };
}
