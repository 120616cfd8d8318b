import { StoreError } from '@stategate/journal-spi';
import type {
  AppendRequest,
  AppendResult,
  Fence,
  Journal,
  ListQuery,
  OpOptions,
  Recovered,
  RecoverRequest,
  Resolution,
  StoredEvent,
  StreamHead,
  StreamKey,
  StreamPage,
} from '@stategate/journal-spi';
import {
  checkEpoch,
  checkHead,
  checkSnapshot,
  knownBounds,
  only,
  readPages,
  validateAppend,
  validateDelete,
  validateList,
  validateRecover,
  validateStream,
} from '@stategate/journal-spi/kit';
import type { Bell, PageFetch } from '@stategate/journal-spi/kit';
import { LIMITS, TUNING } from './limits.ts';
import type { Exchange, StoreWorker } from './store-worker.ts';
import type { Packer, Unpacker } from './worker/packing.ts';

export function createJournal(worker: StoreWorker, bell: Bell): Journal {
  const journal: Journal = {
    async append(request, options) {
      return only(await journal.appendMany([request], options));
    },

    async appendMany(requests, options) {
      const outcomes = await worker.ask(append, requests, options);
      bell.ring();
      return outcomes;
    },

    resolve: (request, options) => worker.askOne(resolve, request, options),

    async recover(request, options) {
      return only(await journal.recoverMany([request], options));
    },

    recoverMany: (requests, options) => worker.ask(recover(options), requests, options),

    read: (stream, query, options) =>
      readPages(query, TUNING.page, () => journal.head(stream, options), fetchFrom(stream, options), options),

    head: (stream, options) => worker.askOne(headOf, stream, options),

    deleteTo: (stream, sequenceNr, fence, options) => worker.askOne(deleteTo, { stream, sequenceNr, fence }, options),

    list: (query, options) => worker.askOne(list, query, options),
  };

  function fetchFrom(stream: StreamKey, options: OpOptions): PageFetch {
    return (range) => worker.askOne(readPage, { stream, ...range }, options);
  }

  /** The first page comes along with the answer; those after it are read when they are asked for. */
  function recover(options: OpOptions): Exchange<RecoverRequest, Recovered> {
    return {
      operation: 'recover',
      effect: 'seal',
      check: validateRecover,
      pack({ stream, fence, snapshot, after = 0, page }, output) {
        packStream(stream, output);
        output.add(fence.epoch, snapshot ? 1 : 0, after, page.events, page.bytes);
      },
      unpack(outcome, input, { stream, fence, after = 0, page }) {
        if (outcome === 'fenced') throw fenced(fence, input);
        const head = unpackHead(input);
        const sequenceNr = input.number();
        const snapshot = sequenceNr === 0 ? undefined : { sequenceNr, at: input.number(), ...input.payload() };
        const first = unpackEvents(input);
        checkSnapshot(Math.max(sequenceNr, after), head.head);
        const from = Math.max(sequenceNr, after, head.deletedTo) + 1;
        const fetch = fetchFrom(stream, options);
        const pages = readPages(
          { from, page },
          page,
          knownBounds(head, () => journal.head(stream, options)),
          async (range) => (range.from === from ? first : fetch(range)),
          options,
        );
        return snapshot === undefined ? { head, pages } : { head, snapshot, pages };
      },
    };
  }

  return journal;
}

const append: Exchange<AppendRequest, AppendResult> = {
  operation: 'append',
  effect: 'write',
  check: (request) => validateAppend(request, LIMITS),
  pack({ stream, expected, fence, token, events }, output) {
    packStream(stream, output);
    output.add(expected, fence.epoch, token, events.length);
    for (const event of events) output.addPayload(event);
  },
  unpack(outcome, input, { expected, fence, token, events }) {
    switch (outcome) {
      case 'written':
      case 'duplicate':
        return { lastSequenceNr: expected + events.length, duplicate: outcome === 'duplicate' };
      case 'differs':
        throw new StoreError('InvalidRequest', `token ${token} was used for an append with other events`);
      case 'fenced':
        throw fenced(fence, input);
      default:
        checkHead(expected, input.number());
        throw unexpected(outcome);
    }
  },
};

const resolve: Exchange<Pick<AppendRequest, 'stream' | 'expected' | 'token'>, Resolution> = {
  operation: 'resolve',
  effect: 'read',
  check: ({ stream }) => validateStream(stream),
  pack({ stream, expected, token }, output) {
    packStream(stream, output);
    output.add(expected, token);
  },
  unpack(outcome, input) {
    const sequenceNr = input.number();
    switch (outcome) {
      case 'applied':
        return { outcome, lastSequenceNr: sequenceNr };
      case 'superseded':
      case 'absent':
        return { outcome, head: sequenceNr };
      default:
        throw unexpected(outcome);
    }
  },
};

const headOf: Exchange<StreamKey, StreamHead> = {
  operation: 'head',
  effect: 'read',
  check: validateStream,
  pack: packStream,
  unpack: (_, input) => unpackHead(input),
};

const readPage: Exchange<{ readonly stream: StreamKey } & Parameters<PageFetch>[0], readonly StoredEvent[]> = {
  operation: 'read',
  effect: 'read',
  check: () => undefined,
  pack({ stream, from, to, backward, events, bytes }, output) {
    packStream(stream, output);
    output.add(from, to, backward ? 1 : 0, events, bytes);
  },
  unpack: (_, input) => unpackEvents(input),
};

const deleteTo: Exchange<{ readonly stream: StreamKey; readonly sequenceNr: number; readonly fence: Fence }, void> = {
  operation: 'deleteTo',
  effect: 'write',
  check: ({ stream, sequenceNr, fence }) => validateDelete(stream, sequenceNr, fence),
  pack({ stream, sequenceNr, fence }, output) {
    packStream(stream, output);
    output.add(sequenceNr, fence.epoch);
  },
  unpack(outcome, input, { fence }) {
    if (outcome === 'fenced') throw fenced(fence, input);
  },
};

const list: Exchange<ListQuery, StreamPage> = {
  operation: 'list',
  effect: 'read',
  check(query) {
    validateList(query);
    cursorNames(query);
  },
  pack(query, output) {
    // One more than asked for says whether there is a next page.
    output.add(query.namespace, query.persistenceId ?? '', ...cursorNames(query), query.limit + 1);
  },
  unpack(_, input, { namespace, limit }) {
    const streams = Array.from({ length: input.number() }, () => ({
      namespace,
      persistenceId: input.text(),
      entityId: input.text(),
      ...unpackHead(input),
    }));
    const page = streams.slice(0, limit);
    const last = page.at(-1);
    if (streams.length === page.length || last === undefined) return { streams: page };
    return { streams: page, next: JSON.stringify([last.persistenceId, last.entityId]) };
  },
};

/** Streams are listed by their names, so a page ends at one. */
function cursorNames({ after, persistenceId = '' }: ListQuery): readonly [string, string] {
  if (after === undefined) return [persistenceId, ''];
  try {
    const [first, second, ...others] = JSON.parse(after) as readonly unknown[];
    if (typeof first === 'string' && typeof second === 'string' && others.length === 0) return [first, second];
  } catch {
    // Refused below.
  }
  throw new StoreError('InvalidRequest', `"${after}" is not the next of an earlier page`);
}

export function packStream({ namespace, persistenceId, entityId }: StreamKey, output: Packer): void {
  output.add(namespace, persistenceId, entityId);
}

function unpackHead(input: Unpacker): StreamHead {
  const head = input.number();
  return { head, deletedTo: input.number(), epoch: input.number(), exists: head > 0 };
}

function unpackEvents(input: Unpacker): StoredEvent[] {
  return Array.from({ length: input.number() }, () => unpackEvent(input));
}

export function unpackEvent(input: Unpacker): StoredEvent {
  return { sequenceNr: input.number(), epoch: input.number(), at: input.number(), ...input.payload() };
}

/** The error for a fence that has lost to the epoch that comes next. */
export function fenced(fence: Fence, input: Unpacker): Error {
  checkEpoch(fence, input.number());
  return unexpected('fenced');
}

function unexpected(outcome: string): Error {
  return new Error(`the SQLite worker answered "${outcome}" where it makes no sense`);
}
