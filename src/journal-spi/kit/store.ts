import { isStoreError } from '../errors.ts';
import type { StoreError } from '../errors.ts';
import type {
  AppendRequest,
  AppendResult,
  Journal,
  ListQuery,
  Outcome,
  PageSize,
  Recovered,
  RecoverRequest,
  Resolution,
  StoredEvent,
  StreamHead,
  StreamPage,
} from '../journal.ts';
import type { DeleteRequest, KeyValueStore, KvEntry, KvKey, KvListQuery, KvWritten, PutRequest } from '../key-value.ts';
import type { Limits } from '../driver.ts';
import type { NewSnapshot, Snapshot, SnapshotStore } from '../snapshots.ts';
import type { Epoch, Fence, OpOptions, SequenceNr, StreamKey } from '../stream.ts';
import type { Call, Calls } from './calls.ts';
import { only, settled } from './outcomes.ts';
import { knownBounds, readPages } from './pages.ts';
import type { Bounds, PageFetch } from './pages.ts';
import {
  validateAppend,
  validateDelete,
  validateFence,
  validateKvKey,
  validateKvWrite,
  validateList,
  validateRecover,
  validateSnapshot,
  validateStream,
} from './validate.ts';
import { checkSnapshot } from './verdicts.ts';

/** What a stream's head consists of; a driver may add what it needs to read events. */
export interface StreamState extends Bounds {
  readonly epoch: Epoch;
}

/** What was found when a stream was sealed. */
export interface Found<State> {
  readonly state: State;
  readonly snapshot?: Snapshot | null | undefined;
  /** What reads its events; `JournalParts.fetch` when absent. */
  readonly fetch?: PageFetch;
  /** The first page, when it came along. */
  readonly first?: readonly StoredEvent[];
}

/** What a driver adds to make a journal: nothing but the exchange with its server. Every request was validated. */
export interface JournalParts<State extends StreamState> {
  readonly limits: Limits;
  readonly page: PageSize;
  /** One outcome for each request; those of one stream in their order. */
  appendMany(requests: readonly AppendRequest[], call: Call): Promise<readonly Outcome<AppendResult>[]>;
  resolve(request: Pick<AppendRequest, 'stream' | 'expected' | 'token'>, call: Call): Promise<Resolution>;
  /** Seals the streams, throws `Fenced` for higher epochs, and loads the snapshots that are asked for. `options` are for what reads on after the call. */
  recoverMany(
    requests: readonly RecoverRequest[],
    call: Call,
    options: OpOptions,
  ): Promise<readonly Outcome<Found<State>>[]>;
  state(stream: StreamKey, call: Call): Promise<State>;
  /** For one read, which goes on beyond the call that found `state`: each fetch is a call by itself. */
  fetch(stream: StreamKey, state: State, options: OpOptions): PageFetch;
  deleteTo(stream: StreamKey, sequenceNr: SequenceNr, fence: Fence, call: Call): Promise<void>;
  list(query: ListQuery, call: Call): Promise<StreamPage>;
}

/** A journal on a server: lets calls in, validates, pages; `parts` does the rest. */
export function journalFrom<State extends StreamState>(calls: Calls, parts: JournalParts<State>): Journal {
  const { limits, page: fallback } = parts;

  const journal: Journal = {
    append: async (request, options) => only(await journal.appendMany([request], options)),

    appendMany: (requests, options) =>
      calls.run('write', options, (call) =>
        eachValid(
          requests,
          (request) => validateAppend(request, limits),
          (valid) => parts.appendMany(valid, call),
        ),
      ),

    resolve: (request, options) =>
      calls.run('read', options, async (call) => {
        validateStream(request.stream);
        return parts.resolve(request, call);
      }),

    recover: async (request, options) => only(await journal.recoverMany([request], options)),

    recoverMany: (requests, options) =>
      calls.run('seal', options, (call) =>
        eachValid(requests, validateRecover, async (valid) => {
          const found = await parts.recoverMany(valid, call, options);
          return Promise.all(valid.map((request, at) => settled(recovered(request, found[at], options))));
        }),
      ),

    async *read(stream, query, options) {
      let fetch: PageFetch | undefined;
      async function bounds(): Promise<Bounds> {
        const state = await stateOf(stream, options);
        fetch ??= parts.fetch(stream, state, options);
        return state;
      }
      yield* readPages(query, fallback, bounds, async (range) => (await fetch?.(range)) ?? [], options);
    },

    head: async (stream, options) => toHead(await stateOf(stream, options)),

    deleteTo: (stream, sequenceNr, fence, options) =>
      calls.run('write', options, async (call) => {
        validateDelete(stream, sequenceNr, fence);
        await parts.deleteTo(stream, sequenceNr, fence, call);
      }),

    list: (query, options) =>
      calls.run('read', options, async (call) => {
        validateList(query);
        return parts.list(query, call);
      }),
  };

  function stateOf(stream: StreamKey, options: OpOptions): Promise<State> {
    return calls.run('read', options, async (call) => {
      validateStream(stream);
      return parts.state(stream, call);
    });
  }

  async function recovered(
    { stream, after = 0, page }: RecoverRequest,
    outcome: Outcome<Found<State>> | undefined,
    options: OpOptions,
  ): Promise<Recovered> {
    const { state, snapshot, ...found } = only(outcome === undefined ? [] : [outcome]);
    const covered = snapshot?.sequenceNr ?? after;
    checkSnapshot(covered, state.head);
    const from = Math.max(covered, state.deletedTo) + 1;
    const fetch = found.fetch ?? parts.fetch(stream, state, options);
    const range = { from, to: state.head, backward: false, ...page };
    const first = found.first ?? (from > state.head ? [] : await fetch(range));
    const pages = readPages(
      { from, to: state.head, page },
      page,
      knownBounds(state, () => stateOf(stream, options)),
      async (asked) => (asked.from === from ? first : fetch(asked)),
      options,
    );
    return { head: toHead(state), pages, ...(snapshot && { snapshot }) };
  }

  return journal;
}

export interface KeyValueParts {
  readonly limits: Limits;
  get(key: KvKey, call: Call): Promise<KvEntry | null>;
  recover(key: KvKey, fence: Fence, call: Call): Promise<KvEntry | null>;
  /** One outcome for each request; those of one key in their order. */
  putMany(requests: readonly (PutRequest | DeleteRequest)[], call: Call): Promise<readonly Outcome<KvWritten>[]>;
  list(query: KvListQuery, call: Call): Promise<readonly (KvEntry & { readonly key: string })[]>;
}

/** A key-value store on a server, as `journalFrom`. */
export function keyValueFrom(calls: Calls, parts: KeyValueParts): KeyValueStore {
  const store: KeyValueStore = {
    get: (key, options) =>
      calls.run('read', options, async (call) => {
        validateKvKey(key);
        return parts.get(key, call);
      }),

    recover: (key, fence, options) =>
      calls.run('seal', options, async (call) => {
        validateKvKey(key);
        validateFence(fence);
        return parts.recover(key, fence, call);
      }),

    put: async (request, options) => only(await store.putMany([request], options)),
    delete: async (request, options) => only(await store.putMany([request], options)),

    putMany: (requests, options) =>
      calls.run('write', options, (call) =>
        eachValid(
          requests,
          (request) => validateKvWrite(request, parts.limits),
          (valid) => parts.putMany(valid, call),
        ),
      ),

    list: (query, options) =>
      calls.run('read', options, async (call) => {
        validateList(query);
        return parts.list(query, call);
      }),
  };
  return store;
}

export interface SnapshotParts {
  readonly limits: Limits;
  /** The newest one up to `max`. */
  load(stream: StreamKey, max: SequenceNr, call: Call): Promise<Snapshot | null>;
  save(stream: StreamKey, snapshot: NewSnapshot, fence: Fence, keep: number | undefined, call: Call): Promise<void>;
  /** How many up to `max` were there. */
  delete(stream: StreamKey, max: SequenceNr, call: Call): Promise<number>;
}

/** A snapshot store on a server, as `journalFrom`. */
export function snapshotsFrom(calls: Calls, parts: SnapshotParts): SnapshotStore {
  return {
    load: (stream, { maxSequenceNr = Number.MAX_SAFE_INTEGER }, options) =>
      calls.run('read', options, async (call) => {
        validateStream(stream);
        return parts.load(stream, maxSequenceNr, call);
      }),

    save: (stream, snapshot, fence, { keep, ...options }) =>
      calls.run('write', options, async (call) => {
        validateSnapshot(stream, snapshot, fence, parts.limits, keep);
        await parts.save(stream, snapshot, fence, keep, call);
      }),

    delete: (stream, { maxSequenceNr = Number.MAX_SAFE_INTEGER }, options) =>
      calls.run('write', options, async (call) => {
        validateStream(stream);
        return parts.delete(stream, maxSequenceNr, call);
      }),
  };
}

export function toHead({ head, deletedTo, epoch }: StreamState): StreamHead {
  return { head, deletedTo, epoch, exists: head > 0 };
}

/** Serves the requests that `check` does not refuse; one outcome for each, in their order. */
async function eachValid<Request, Result>(
  requests: readonly Request[],
  check: (request: Request) => void,
  serve: (valid: readonly Request[]) => Promise<readonly Outcome<Result>[]>,
): Promise<readonly Outcome<Result>[]> {
  const refusals = new Map<number, StoreError>();
  let index = 0;
  for (const request of requests) {
    try {
      check(request);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      refusals.set(index, error);
    }
    index += 1;
  }
  const valid = refusals.size === 0 ? requests : requests.filter((_, at) => !refusals.has(at));
  const served = valid.length === 0 ? [] : await serve(valid);
  if (served.length !== valid.length) throw new Error(`${valid.length} requests have ${served.length} outcomes`);
  if (refusals.size === 0) return served;
  let next = 0;
  return requests.flatMap((_, at) => refusals.get(at) ?? served.slice(next, (next += 1)));
}
