import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { Epoch, OpOptions, Outcome, SequenceNr, StreamKey, Token } from '@stategate/journal-spi';
import { Recent, settled } from '@stategate/journal-spi/kit';
import type { Effect } from '@stategate/journal-spi/kit';
import type { Collection, Timestamp } from 'mongodb';
import { DUPLICATE_KEY, toRefusal } from './errors.ts';
import type { Store } from './store.ts';

/** What a stream's last commit says about the stream. */
export interface Tail {
  readonly commit: number;
  /** Of its first event; behind `last` when it has none. */
  readonly first: SequenceNr;
  readonly last: SequenceNr;
  readonly epoch: Epoch;
  readonly deletedTo: SequenceNr;
  /** Of its events. */
  readonly token?: Token;
}

/** What a commit adds to the one before it. Without events it only raises `epoch` or `deletedTo`. */
export interface Change {
  readonly epoch: Epoch;
  readonly deletedTo?: SequenceNr;
  readonly events?: { readonly count: number; readonly token: Token; readonly body: Uint8Array };
}

/**
 * One commit of a stream. Its number is its place, which is taken once and for ever: documents are never removed, so that
 * a writer who was away for however long finds the place after the last commit it knows taken.
 */
export interface Commit extends Tail {
  readonly _id: string;
  readonly namespace: string;
  readonly persistenceId: string;
  readonly entityId: string;
  readonly at: Date;
  /** When the server wrote its events: the order of the feed. */
  readonly stamp?: Timestamp;
  /** Absent when all its events are deleted. */
  readonly body?: Uint8Array;
  /** The first event that the body still holds, when the ones before it are deleted. */
  readonly kept?: SequenceNr;
}

/** One call for a stream: it either follows its tail with a commit, or has an answer without. */
export interface Step<Result> {
  readonly stream: StreamKey;
  readonly effect: Effect;
  /** Read the tail in any case, remembered or not. */
  readonly fresh?: boolean;
  /** What is to be written after this tail; undefined when nothing may be or need be. */
  change(tail: Tail): Change | undefined;
  /** The answer when it was written. */
  written(tail: Tail): Result;
  /** The answer, or error, when nothing is to be written after this tail, which was read just now. */
  settle(tail: Tail): Result | Promise<Result>;
}

const EMPTY: Tail = { commit: 0, first: 1, last: 0, epoch: 0, deletedTo: 0 };
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
  readonly #tails = new Recent<Tail>(MAX_TAILS);
  /** Where a stream's tail is to be looked for first, also after what is known about it may be wrong. */
  readonly #ends = new Recent<SequenceNr>(MAX_TAILS);

  constructor(store: Store) {
    this.#store = store;
    this.commits = store.collection<Commit>('journal');
    store.onConnectionsLost(() => this.#tails.clear());
  }

  /** Reads it from the primary, after making sure that it still is one. */
  async tail(stream: StreamKey, options: OpOptions): Promise<Tail> {
    const key = keyOf(stream);
    const known = this.#tails.get(key);
    const end = this.#ends.get(key);
    const found = (end && (await this.#find(stream, end, options))) || (await this.#find(stream, 0, options));
    // Nothing where there was something: the store has lost its end.
    if (known && (found?.last ?? 0) < known.last) this.#tails.delete(key);
    this.#remember(key, found ?? EMPTY);
    return found ?? EMPTY;
  }

  #find(stream: StreamKey, from: SequenceNr, options: OpOptions): Promise<Tail | null> {
    return this.#store.run('read', options, (limits) =>
      this.commits
        .find(
          { ...partsOf(stream), last: { $gte: from } },
          {
            ...limits,
            readConcern: this.#store.reading('linearizable'),
            projection: { _id: 0, commit: 1, first: 1, last: 1, epoch: 1, deletedTo: 1, token: 1 },
          },
        )
        .sort({ last: -1, commit: -1 })
        .limit(1)
        .next(),
    );
  }

  /** Takes all steps, those of different streams together, those of one stream in their order: one outcome for each. */
  async advance<Result>(steps: readonly Step<Result>[], options: OpOptions): Promise<Outcome<Result>[]> {
    const outcomes: Outcome<Result>[] = [];
    const queues = new Map<string, Turn<Result>[]>();
    for (const [index, step] of steps.entries()) {
      queues.set(keyOf(step.stream), [...(queues.get(keyOf(step.stream)) ?? []), { step, index, attempts: 0 }]);
    }
    while (queues.size > 0) {
      const round = [...queues].flatMap(([key, [first]]) => (first === undefined ? [] : [{ key, ...first, first }]));
      const results = await this.#round(
        round.map(({ first }) => first),
        options,
      );
      for (const [at, { key, index, first, step }] of round.entries()) {
        const result = results[at];
        if (result === TAKEN && (first.attempts += 1) < ATTEMPTS) continue;
        outcomes[index] = result === TAKEN || result === undefined ? contended(step) : result;
        const queue = queues.get(key)?.slice(1) ?? [];
        if (queue.length === 0) queues.delete(key);
        else queues.set(key, queue);
      }
      const attempts = Math.max(...round.map(({ first }) => first.attempts));
      if (attempts > 1) await sleep(Math.random() * 4 * attempts);
    }
    return outcomes;
  }

  /** The next step of each stream, all at once. */
  async #round<Result>(turns: readonly Turn<Result>[], options: OpOptions) {
    const plans = await Promise.all(turns.map((turn) => settled(this.#plan(turn, options))));
    const commits = plans.flatMap((plan) => (isStoreError(plan) || plan.commit === undefined ? [] : [plan.commit]));
    const effect = turns.some(({ step }) => step.effect === 'write') ? 'write' : 'seal';
    const answers = (await this.#insert(commits, effect, options)).values();
    return turns.map(({ step }, at) => {
      const plan = plans[at];
      if (plan === undefined || isStoreError(plan)) return plan;
      if (plan.commit === undefined) return plan.result;
      const answer = answers.next().value ?? TAKEN;
      if (answer !== INSERTED) return answer;
      this.#remember(keyOf(step.stream), plan.commit);
      return step.written(plan.commit);
    });
  }

  /** From a remembered tail a commit may follow, but no refusal: for that it is read. */
  async #plan<Result>({ step, attempts }: Turn<Result>, options: OpOptions): Promise<Plan<Result>> {
    const remembered = step.fresh || attempts > 0 ? undefined : this.#tails.get(keyOf(step.stream));
    const soon = remembered && step.change(remembered);
    if (remembered && soon) return { commit: this.#commit(step.stream, remembered, soon) };
    const tail = await this.tail(step.stream, options);
    const change = step.change(tail);
    return change
      ? { commit: this.#commit(step.stream, tail, change) }
      : { commit: undefined, result: await step.settle(tail) };
  }

  #commit(stream: StreamKey, tail: Tail, { epoch, deletedTo = tail.deletedTo, events }: Change): Commit {
    const commit = tail.commit + 1;
    return {
      _id: `${keyOf(stream)}${String(commit).padStart(16, '0')}`,
      ...partsOf(stream),
      commit,
      first: tail.last + 1,
      last: tail.last + (events?.count ?? 0),
      epoch,
      deletedTo,
      at: new Date(this.#store.now()),
      ...(events && { token: events.token, body: events.body }),
    };
  }

  /** Each commit gets its place, or finds it taken, on its own. Rejects for nothing that the store does. */
  async #insert(commits: readonly Commit[], effect: Effect, options: OpOptions): Promise<Outcome<Placed>[]> {
    const outcomes: Outcome<Placed>[] = [];
    while (outcomes.length < commits.length) {
      const rest = commits.slice(outcomes.length);
      let bytes = 0;
      const end = rest.findIndex((commit, at) => (bytes += bytesOf(commit)) > MAX_COMMAND_BYTES && at > 0);
      const chunk = rest.slice(0, end === -1 ? rest.length : end);
      const answers = await settled(this.#insertChunk(chunk, effect, options));
      outcomes.push(...(isStoreError(answers) ? chunk.map(() => answers) : answers));
    }
    return outcomes;
  }

  async #insertChunk(commits: readonly Commit[], effect: Effect, options: OpOptions): Promise<Outcome<Placed>[]> {
    const answer = await this.#store.command(
      effect,
      {
        update: this.commits.collectionName,
        // An update that never matches inserts, or finds a duplicate. Only an update can have the server's own time.
        updates: commits.map(({ _id, ...fields }) => ({
          q: { _id, commit: { $lt: 0 } },
          u: { $setOnInsert: fields, ...(fields.token && { $currentDate: { stamp: { $type: 'timestamp' } } }) },
          upsert: true,
        })),
        ordered: false,
        writeConcern: this.#store.writing(),
      },
      options,
    );
    const { location } = this.#store;
    const errors = new Map<number, Outcome<Placed>>();
    for (const { index, code, errmsg } of (answer['writeErrors'] ?? []) as WriteError[]) {
      errors.set(index, code === DUPLICATE_KEY ? TAKEN : toRefusal(code, errmsg, location));
    }
    return commits.map((_, index) => errors.get(index) ?? INSERTED);
  }

  #remember(key: string, { commit, first, last, epoch, deletedTo }: Tail): void {
    const known = this.#tails.get(key);
    if (commit === 0 || (known !== undefined && known.commit > commit)) return;
    this.#tails.set(key, { commit, first, last, epoch, deletedTo });
    this.#ends.set(key, last);
  }
}

const INSERTED = 'inserted';
const TAKEN = 'taken';
type Placed = typeof INSERTED | typeof TAKEN;

/** A step that waits for those of its stream before it. */
interface Turn<Result> {
  readonly step: Step<Result>;
  readonly index: number;
  attempts: number;
}

type Plan<Result> = { readonly commit: Commit } | { readonly commit: undefined; readonly result: Result };

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/** Names a stream in one string, which is different for different streams. */
export function keyOf({ namespace, persistenceId, entityId }: StreamKey): string {
  return JSON.stringify([namespace, persistenceId, entityId]);
}

/** The fields by which the documents of a stream are found. */
export function partsOf({ namespace, persistenceId, entityId }: StreamKey): StreamKey {
  return { namespace, persistenceId, entityId };
}

/** At most: the names come twice, and the rest is small. */
function bytesOf({ _id, body }: Commit): number {
  return 2 * Buffer.byteLength(_id) + (body?.byteLength ?? 0) + 500;
}

/** The place is taken, but by what cannot be read yet: perhaps by this very write, resubmitted before a majority had it. */
function contended({ effect }: Step<unknown>): StoreError {
  const code = effect === 'write' ? 'AmbiguousWrite' : 'StoreUnavailable';
  return new StoreError(code, 'others took the place of the commit each time it was tried');
}
