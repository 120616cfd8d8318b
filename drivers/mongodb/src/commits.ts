import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { OpOptions, Outcome, SequenceNr, StreamKey, Token } from '@stategate/journal-spi';
import { lost, Recent, settled } from '@stategate/journal-spi/kit';
import type { Call, Effect, StreamState } from '@stategate/journal-spi/kit';
import type { Collection, Filter, FindOptions, Timestamp } from 'mongodb';
import { BAD_VALUE, DUPLICATE_KEY, toRefusal } from './errors.ts';
import { FEED_INDEX } from './schema.ts';
import type { Store } from './store.ts';

/** What a stream's last commit says about the stream. */
export interface Tail extends StreamState {
  readonly commit: number;
  /** Of its first event; behind `head` when it has none. */
  readonly first: SequenceNr;
  /** Of its events. */
  readonly token?: Token;
  /** Of the body of the stream's last events. */
  readonly bytes: number;
}

/**
 * One commit of a stream. Its number is its place, which is taken once and for ever: documents are never removed, so that
 * a writer who was away for however long finds the place after the last commit it knows taken.
 */
export interface Commit extends Tail, StreamKey {
  readonly _id: string;
  readonly at: Date;
  /** When the server wrote its events: the order of the feed. */
  readonly stamp?: Timestamp;
  /** Absent when all its events are deleted. */
  readonly body?: Uint8Array;
  /** The first event that the body still holds, when the ones before it are deleted. */
  readonly kept?: SequenceNr;
}

/** What a commit changes of the one before it. Without events it only raises `epoch` or `deletedTo`. */
export type Change = Pick<Tail, 'epoch'> & Partial<Pick<Commit, 'head' | 'deletedTo' | 'token' | 'body'>>;

/** One call for a stream: it either follows its tail with a commit, or has an answer without. */
export interface Step<Result> {
  readonly stream: StreamKey;
  /** What is to be written after this tail; undefined when nothing may be or need be. */
  change(tail: Tail): Change | undefined;
  /** The answer: with its commit as the tail, or with a tail, read just now, after which it has nothing to write. */
  result(tail: Tail, written: boolean): Promise<Result>;
}

/** A step on its way to its outcome. */
interface Turn<Result> {
  readonly step: Step<Result>;
  readonly key: string;
  attempts: number;
  outcome?: Outcome<Result>;
}

interface Planned<Result> {
  readonly turn: Turn<Result>;
  readonly commit: Commit;
}

const EMPTY: Tail = { commit: 0, first: 1, head: 0, epoch: 0, deletedTo: 0, bytes: 0 };
/** Streams whose tail is remembered. One that is not costs a read more. */
const MAX_TAILS = 20_000;
/** Of the commits of one command: the server takes no larger one than 16 MiB. */
const MAX_COMMAND_BYTES = 15 * 1024 ** 2;
/** Others may take a place first, but each time somebody gets on. */
const ATTEMPTS = 50;

/** The log of every stream, where one commit follows the other: what is true of a tail stays true until its next place is taken. */
export class CommitLog {
  readonly commits: Collection<Commit>;
  readonly #store: Store;
  /** What makes the server refuse a commit when the journal was dropped. */
  readonly #hint: { readonly hint?: string };
  /** Before every stamp. */
  readonly #never: Timestamp;
  /** Those of an earlier age may be wrong: they only say where to look for the tail first. */
  readonly #tails = new Recent<Tail & { readonly age: number }>(MAX_TAILS);
  #age = 0;

  /** `migrated`: the indexes are there, for as long as nobody drops them. */
  constructor(store: Store, migrated: boolean) {
    this.#store = store;
    this.#hint = migrated ? { hint: FEED_INDEX } : {};
    this.#never = new store.connected.mongo.Timestamp({ t: 0, i: 0 });
    this.commits = store.collection<Commit>('journal');
    // Another server may answer next, or this one with older data.
    store.connected.client.on('connectionPoolCleared', () => (this.#age += 1));
  }

  /** The error for a journal that was migrated and is no more. Nothing that is remembered of it is true. */
  dropped(): StoreError {
    this.#age += 1;
    const wayOut = 'restore them, or run stategate store schema --apply';
    return new StoreError('StoreUnavailable', `${this.#store.calls.location} has lost its collections: ${wayOut}`);
  }

  /** Reads it from the primary, after making sure that it still is one. */
  async tail(stream: StreamKey, options: OpOptions): Promise<Tail> {
    const key = keyOf(stream);
    const age = this.#age;
    const known = this.#tails.get(key);
    const linearizable: FindOptions = {
      readConcern: this.#store.reading('linearizable'),
      projection: { _id: 0, commit: 1, first: 1, head: 1, epoch: 1, deletedTo: 1, token: 1, bytes: 1 },
    };
    const from = async (head: SequenceNr): Promise<Tail | undefined> =>
      (await this.find(stream, { head: { $gte: head } }, -1, 1, options, linearizable))[0];
    const found = (known && (await from(known.head))) ?? (await from(0)) ?? EMPTY;
    // Nothing where there was something: the store has lost its end.
    if (known && found.commit < known.commit) this.#tails.delete(key);
    this.#remember(key, found, age);
    return found;
  }

  /** The commits of a stream by their last events: as many as one answer of the server takes, which has 16 MiB. */
  find(
    stream: StreamKey,
    query: Filter<Commit>,
    way: 1 | -1,
    limit: number,
    options: OpOptions,
    more: FindOptions = {},
  ): Promise<Commit[]> {
    return this.#store.run('read', options, (limits) =>
      this.commits
        .find({ ...partsOf(stream), ...query }, { ...limits, ...more, singleBatch: true, batchSize: limit })
        .sort({ head: way, commit: way })
        .limit(limit)
        .toArray(),
    );
  }

  /** Takes all steps, those of different streams together, those of one stream in their order: one outcome for each. */
  async advance<Result>(steps: readonly Step<Result>[], effect: Effect, call: Call): Promise<Outcome<Result>[]> {
    const turns = steps.map((step): Turn<Result> => ({ step, key: keyOf(step.stream), attempts: 0 }));
    const isOpen = ({ outcome, attempts }: Turn<Result>) => outcome === undefined && attempts < ATTEMPTS;
    for (let left = turns; left.length > 0; left = left.filter(isOpen)) {
      const round = [...Map.groupBy(left, ({ key }) => key).values()].flatMap((queue) => queue.slice(0, 1));
      const attempts = Math.max(...round.map((turn) => turn.attempts));
      if (attempts > 1) await sleep(Math.random() * 4 * attempts);
      const planned = await Promise.all(round.map((turn) => this.#plan(turn, effect, call)));
      for (const command of inCommands(planned.flat())) await this.#insert(command, effect, call);
    }
    // Perhaps by this very write, resubmitted before a majority had it.
    const taken = 'others took the place of the commit each time it was tried';
    return turns.map(({ outcome }) => outcome ?? lost(effect, 'StoreUnavailable', taken));
  }

  /** The commit of a step, or its outcome. From a remembered tail a commit may follow, but no refusal: for that it is read. */
  async #plan<Result>(turn: Turn<Result>, effect: Effect, call: Call): Promise<Planned<Result>[]> {
    const { step, key, attempts } = turn;
    const known = this.#tails.get(key);
    // A seal reads it in any case, which takes no longer than to read the snapshot meanwhile.
    const trusted = effect !== 'seal' && attempts === 0 && known?.age === this.#age ? known : undefined;
    const soon = trusted && this.#commit(turn, trusted);
    if (soon) return [{ turn, commit: soon }];
    const tail = await settled(this.tail(step.stream, call));
    const commit = isStoreError(tail) ? undefined : this.#commit(turn, tail);
    if (commit) return [{ turn, commit }];
    turn.outcome = isStoreError(tail) ? tail : await settled(step.result(tail, false));
    return [];
  }

  /** What the step adds to this tail. */
  #commit({ step, key }: Turn<unknown>, tail: Tail): Commit | undefined {
    const change = step.change(tail);
    if (change === undefined) return undefined;
    const { head, deletedTo } = tail;
    const commit = tail.commit + 1;
    const _id = `${key}${String(commit).padStart(16, '0')}`;
    const bytes = change.body?.byteLength ?? tail.bytes;
    const at = new Date(this.#store.now());
    return { _id, ...partsOf(step.stream), commit, first: head + 1, head, deletedTo, bytes, at, ...change };
  }

  /** Each commit gets its place, or finds it taken, on its own. */
  async #insert<Result>(planned: readonly Planned<Result>[], effect: Effect, call: Call): Promise<void> {
    const { calls, connected } = this.#store;
    const age = this.#age;
    const update = {
      update: this.commits.collectionName,
      // An update that never matches inserts, or finds a duplicate. Only an update can have the server's own time.
      updates: planned.map(({ commit: { _id, namespace, ...fields } }) => ({
        q: { _id, namespace, stamp: { $lt: this.#never } },
        u: { $setOnInsert: fields, ...(fields.token && { $currentDate: { stamp: { $type: 'timestamp' } } }) },
        upsert: true,
        ...this.#hint,
      })),
      ordered: false,
      writeConcern: this.#store.writing(),
    };
    const answer = await settled(
      this.#store.run(effect, call, (limits) => connected.database.command({ ...update, ...limits })),
    );
    const errors = new Map<number, WriteError>();
    if (!isStoreError(answer)) for (const error of answer['writeErrors'] ?? []) errors.set(error.index, error);
    for (const [index, { turn, commit }] of planned.entries()) {
      const error = errors.get(index);
      if (isStoreError(answer)) turn.outcome = answer;
      else if (error?.code === DUPLICATE_KEY) turn.attempts += 1;
      else if (error?.code === BAD_VALUE) turn.outcome = this.dropped();
      else if (error) turn.outcome = toRefusal(error.code, error.errmsg, calls.location);
      else {
        this.#remember(turn.key, commit, age);
        turn.outcome = await turn.step.result(commit, true);
      }
    }
  }

  #remember(key: string, { commit, first, head, epoch, deletedTo, bytes }: Tail, age: number): void {
    const known = this.#tails.get(key);
    if (commit === 0 || (known?.age === age && known.commit > commit)) return;
    this.#tails.set(key, { commit, first, head, epoch, deletedTo, bytes, age });
  }
}

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/** As many together as one command takes. */
function inCommands<Result>(planned: readonly Planned<Result>[]): Planned<Result>[][] {
  const commands: Planned<Result>[][] = [];
  let bytes = Infinity;
  for (const one of planned) {
    const { _id, body } = one.commit;
    // At most: the names come twice, and the rest is small.
    const size = 2 * Buffer.byteLength(_id) + (body?.byteLength ?? 0) + 500;
    bytes += size;
    if (bytes > MAX_COMMAND_BYTES) {
      commands.push([]);
      bytes = size;
    }
    commands.at(-1)?.push(one);
  }
  return commands;
}

/** Names a stream in one string, which is different for different streams. */
export function keyOf({ namespace, persistenceId, entityId }: StreamKey): string {
  return JSON.stringify([namespace, persistenceId, entityId]);
}

/** The fields by which the documents of a stream are found. */
export function partsOf({ namespace, persistenceId, entityId }: StreamKey): StreamKey {
  return { namespace, persistenceId, entityId };
}
