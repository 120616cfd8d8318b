import { StoreError } from '@stategate/journal-spi';
import type { AppendRequest, Payload } from '@stategate/journal-spi';
import { appendEach, broken, brokenJournal, changePages, streamName } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenAppends: readonly BrokenDriver[] = [
  brokenJournal('JA-06', 'appends to whatever head there is: no compare-and-set', (journal) =>
    appendEach(async (request, options) => {
      const { head } = await journal.head(request.stream, options);
      return journal.append({ ...request, expected: head }, options);
    }),
  ),

  brokenJournal('JA-24', 'reads the head, and appends later: compare and set are two steps', (journal) =>
    appendEach(async (request, options) => {
      const { head } = await journal.head(request.stream, options);
      if (head !== request.expected) return conflict(request, head);
      await new Promise((resolve) => setImmediate(resolve));
      const now = await journal.head(request.stream, options);
      return journal.append({ ...request, expected: now.head }, options);
    }),
  ),

  brokenJournal('JA-07', 'calls a head that went back a conflict', (journal) =>
    appendEach(async (request, options) => {
      const [outcome] = await journal.appendMany([request], options);
      if (!(outcome instanceof Error) || outcome.code !== 'HeadRegressed') return outcome ?? fail();
      return new StoreError('SequenceConflict', outcome.message, outcome.details);
    }),
  ),

  brokenJournal('JA-11', 'remembers only the token of the last append', (journal) =>
    appendEach(async (request, options) => {
      const { head } = await journal.head(request.stream, options);
      const result = await journal.append(request, options);
      if (!result.duplicate || result.lastSequenceNr === head) return result;
      return conflict(request, head);
    }),
  ),

  brokenJournal('JA-12', 'checks the epoch before the token', (journal) =>
    appendEach(async (request, options) => {
      const { epoch } = await journal.head(request.stream, options);
      if (epoch > request.fence.epoch)
        return new StoreError('Fenced', 'too late', { ours: request.fence.epoch, current: epoch });
      return journal.append(request, options);
    }),
  ),

  brokenJournal('JA-13', 'takes a known token for a success of whatever is asked for now', (journal) =>
    appendEach(async (request, options) => {
      const [outcome] = await journal.appendMany([request], options);
      if (!(outcome instanceof Error) || outcome.code !== 'InvalidRequest') return outcome ?? fail();
      return { lastSequenceNr: request.expected + request.events.length, duplicate: true };
    }),
  ),

  brokenJournal('JA-14', 'takes a token of another stream for its own', (journal) => {
    const known = new Map<string, number>();
    return appendEach(async (request, options) => {
      const lastSequenceNr = known.get(request.token);
      if (lastSequenceNr !== undefined) return { lastSequenceNr, duplicate: true };
      const result = await journal.append(request, options);
      known.set(request.token, result.lastSequenceNr);
      return result;
    });
  }),

  brokenJournal('JA-20', 'writes a batch event by event, and stops in the middle at a bad one', (journal) =>
    appendEach(async (request, options) => {
      const [first, ...rest] = request.events;
      if (first === undefined || rest.length === 0) return journal.append(request, options);
      await journal.append({ ...request, events: [first] }, options);
      const then = {
        ...request,
        expected: request.expected + 1,
        token: `${request.token.slice(0, 35)}+`,
        events: rest,
      };
      return journal.append(then, options);
    }),
  ),

  broken('JA-18', 'accepts a batch of any length, in parts', ({ journal, limits }) => ({
    journal: {
      ...journal,
      ...appendEach(async (request, options) => {
        let expected = request.expected;
        for (let from = 0; from < request.events.length; from += limits.maxBatchEvents) {
          const events = request.events.slice(from, from + limits.maxBatchEvents);
          expected = (await journal.append({ ...request, expected, events }, options)).lastSequenceNr;
        }
        return { lastSequenceNr: expected, duplicate: false };
      }),
    },
  })),

  brokenJournal('JA-02', 'leaves a gap in the sequence numbers after the first append', (journal) => ({
    ...changePages(journal, (page) => ({
      ...page,
      events: page.events.map((event) => ({ ...event, sequenceNr: event.sequenceNr + (event.sequenceNr > 1 ? 1 : 0) })),
    })),
  })),

  brokenJournal('JA-05', 'stores empty meta as absent', (journal) =>
    appendEach(async (request, options) => {
      const events = request.events.map(({ meta, ...event }) => (meta?.length ? { ...event, meta } : event));
      return journal.append({ ...request, events }, options);
    }),
  ),

  brokenJournal('JA-04', "keeps the caller's buffers instead of copies", (journal) => {
    const kept = new Map<string, Payload>();
    return {
      ...appendEach(async (request, options) => {
        const result = await journal.append(request, options);
        request.events.forEach((event, i) =>
          kept.set(`${request.expected + 1 + i} ${streamName(request.stream)}`, event),
        );
        return result;
      }),
      ...changePages(journal, (page, stream) => ({
        ...page,
        events: page.events.map((event) => ({ ...event, ...kept.get(`${event.sequenceNr} ${streamName(stream)}`) })),
      })),
    };
  }),

  brokenJournal('JA-28', 'gives the refusals of appendMany last instead of in their places', (journal) => ({
    async appendMany(requests, options) {
      const outcomes = await journal.appendMany(requests, options);
      return outcomes.toSorted((a, b) => Number(a instanceof Error) - Number(b instanceof Error));
    },
  })),

  brokenJournal('JA-29', 'checks all requests of appendMany before it writes one', (journal) => ({
    async appendMany(requests, options) {
      const heads = await Promise.all(requests.map(({ stream }) => journal.head(stream, options)));
      const stale = requests.map((request, i) => request.expected !== heads[i]?.head);
      const sent = await journal.appendMany(
        requests.filter((_, i) => !stale[i]),
        options,
      );
      const rest = [...sent];
      return requests.map((request, i) =>
        stale[i] ? conflict(request, heads[i]?.head ?? 0) : (rest.shift() ?? fail()),
      );
    },
  })),

  brokenJournal('JA-22', 'joins persistence id and entity id with a separator', (journal) =>
    appendEach(async (request, options) => {
      const [persistenceId = '', ...rest] = `${request.stream.persistenceId}|${request.stream.entityId}`.split('|');
      const stream = { ...request.stream, persistenceId, entityId: rest.join('|') };
      return journal.append({ ...request, stream }, options);
    }),
  ),

  brokenJournal('JA-32', 'gives the events of a page in the order of their times', (journal) =>
    changePages(journal, (page) => ({ ...page, events: page.events.toSorted((a, b) => a.at - b.at) })),
  ),

  brokenJournal('JA-33', 'lets some appends be seen only a while after it acknowledged them', (journal) => {
    const late = new Set<string>();
    return {
      ...appendEach(async (request, options) => {
        const result = await journal.append(request, options);
        if (result.lastSequenceNr % 20 === 0) {
          const name = `${result.lastSequenceNr} ${streamName(request.stream)}`;
          late.add(name);
          setTimeout(() => late.delete(name), 20);
        }
        return result;
      }),
      ...changePages(journal, (page, stream) => ({
        ...page,
        events: page.events.filter(({ sequenceNr }) => !late.has(`${sequenceNr} ${streamName(stream)}`)),
      })),
    };
  }),

  brokenJournal('JA-35', 'resolve says absent when another write has taken the place', (journal) => ({
    async resolve(request, options) {
      const resolution = await journal.resolve(request, options);
      return resolution.outcome === 'superseded' ? { ...resolution, outcome: 'absent' } : resolution;
    },
  })),
];

function conflict({ expected }: AppendRequest, actual: number): StoreError {
  return new StoreError('SequenceConflict', 'the head is elsewhere', { expected, actual });
}

function fail(): never {
  throw new Error('an outcome is missing');
}
