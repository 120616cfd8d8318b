import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeFeed, Driver, FeedEvent, StreamKey } from '@stategate/journal-spi';
import { appendEach, broken } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenFeeds: readonly BrokenDriver[] = [
  brokenFeed('F-02', 'begins from the start again, whatever the offset', (feed) => ({
    read: (query, options) => feed.read({ ...query, after: '0' }, options),
  })),

  brokenFeed('F-03', 'takes now for the beginning', () => ({ now: async () => '0' })),

  brokenFeed('F-04', 'ends when it has delivered what is there, also when it is live', (feed) => ({
    read: (query, options) => feed.read({ ...query, live: false }, options),
  })),

  brokenFeed('F-05', 'gives the last event once more when there is nothing', (feed) => ({
    async *read(query, options) {
      let last: FeedEvent | undefined;
      for await (const page of feed.read({ ...query, live: false, after: '0' }, options)) last = page.events.at(-1);
      if (last !== undefined) yield { events: [last], checkpoint: query.after ?? '0' };
      else yield* feed.read(query, options);
    },
  })),

  brokenFeed('F-07', 'fills pages as it likes', (feed) => ({
    read: (query, options) => feed.read({ ...query, pageEvents: 1000 }, options),
  })),

  brokenFeed('F-11', 'finds persistence ids by their beginning', (feed) => ({
    async *read({ persistenceId = '', ...query }, options) {
      for await (const page of feed.read(query, options)) {
        const events = page.events.filter(({ stream }) => stream.persistenceId.startsWith(persistenceId));
        yield { ...page, events };
      }
    },
  })),

  brokenFeed('F-16', 'does not hear of an abort while it waits', (feed) => ({
    read: (query) => feed.read(query, {}),
  })),

  brokenFeed('F-17', 'sorts what is there by stream', (feed) => ({
    async *read(query, options) {
      for await (const page of feed.read(query, options)) {
        const events = page.events.toSorted((a, b) => a.stream.entityId.localeCompare(b.stream.entityId));
        yield query.live ? page : { ...page, events };
      }
    },
  })),

  brokenFeed('F-18', 'reads on from an offset that it cannot know', (feed) => ({
    async *read(query, options) {
      yield* feed.read(Number(query.after ?? 0) > 1_000_000 ? { ...query, after: '0' } : query, options);
    },
  })),

  brokenFeed('F-19', 'stops at a place where an event was deleted', (feed) => ({
    async *read(query, options) {
      let next: number | undefined;
      for await (const page of feed.read(query, options)) {
        next ??= page.events[0]?.sequenceNr;
        if (query.after === undefined && next !== undefined && next > 1) return;
        yield page;
      }
    },
  })),

  brokenFeed(
    'F-22',
    'waits for the next append without looking for those that came while a page was worked on',
    (feed) => ({
      async *read(query, options) {
        for (let { after } = query; ;) {
          for await (const page of feed.read({ ...query, live: false, ...(after && { after }) }, options)) {
            after = page.checkpoint;
            yield page;
          }
          if (!query.live) return;
          const from = await feed.now(query.namespace, options);
          for await (const _ of feed.read({ ...query, after: from }, options)) break;
        }
      },
    }),
  ),

  broken('F-20', 'has a feed without declaring it', ({ capabilities }) => ({
    capabilities: { ...capabilities, feed: false },
  })),

  {
    caughtBy: 'F-09',
    defect: 'draws the place of an append before it commits, and never looks back for one that was slow',
    breakIt(definition) {
      const log: Place[] = [];
      let drawn = 0;
      return {
        ...definition,
        async open(config, env) {
          const driver = await definition.open(config, env);
          const journal = {
            ...driver.journal,
            ...appendEach(async (request, options) => {
              const place = ++drawn;
              await sleep(Math.random() * 10);
              const result = await driver.journal.append(request, options);
              const { stream, events } = request;
              log.push({
                place,
                stream,
                first: result.lastSequenceNr - events.length + 1,
                last: result.lastSequenceNr,
              });
              return result;
            }),
          };
          return { ...driver, journal, feed: byPlace(driver, log) };
        },
      };
    },
  },
];

interface Place {
  readonly place: number;
  readonly stream: StreamKey;
  readonly first: number;
  readonly last: number;
}

function byPlace({ journal }: Driver, log: readonly Place[]): ChangeFeed {
  return {
    async *read({ namespace, after = '0', live }, options) {
      for (let passed = Number(after); ;) {
        const visible = log.filter(({ place, stream }) => place > passed && stream.namespace === namespace);
        for (const { place, stream, first, last } of visible.toSorted((a, b) => a.place - b.place)) {
          for await (const { events } of journal.read(stream, { from: first, to: last }, options)) {
            yield { events: events.map((event) => ({ ...event, stream })), checkpoint: String(place) };
          }
          passed = place;
        }
        if (!live) return;
        options.signal?.throwIfAborted();
        await sleep(5);
      }
    },
    now: async () => String(Math.max(0, ...log.map(({ place }) => place))),
  };
}

function brokenFeed(caughtBy: string, defect: string, change: (feed: ChangeFeed) => Partial<ChangeFeed>): BrokenDriver {
  return broken(caughtBy, defect, ({ feed }) => {
    if (feed === undefined) throw new Error('the in-memory driver has a feed');
    return { feed: { ...feed, ...change(feed) } };
  });
}
