import assert from 'node:assert/strict';
import type { FeedEvent, FeedQuery } from '../feed.ts';
import type { ConformanceCase } from './case.ts';
import { existing, feedOf, now, pages, readFeed, sequence, withFeed } from './feed-fixtures.ts';
import { append, fill, plain, range, read, refused, request, stream } from './fixtures.ts';

export const feedCases: readonly ConformanceCase[] = [
  {
    id: 'F-01',
    title: 'a finite feed gives every event of the namespace once, those of each stream in their order',
    ...withFeed,
    async run(ctx) {
      const keys = [stream(ctx, 'a'), stream(ctx, 'b'), stream(ctx, 'a', 'other')];
      for (const round of range(0, 4)) {
        for (const key of keys) await append(ctx, 2 * round, 2, { stream: key });
      }
      await append(ctx, 0, 1, { stream: { ...stream(ctx), namespace: `${ctx.namespace}-other` } });
      const found = await readFeed(ctx);
      assert.equal(found.length, 30);
      for (const key of keys) {
        const journal = await read(ctx, {}, key);
        const fed = found.filter((event) => sameStream(event, key));
        assert.deepEqual(fed.map(facts), journal.map(facts));
      }
    },
  },
  {
    id: 'F-02',
    title: 'a feed goes on behind the offset that it is given',
    ...withFeed,
    async run(ctx) {
      await existing(ctx);
      const all = (await readFeed(ctx)).map(sequence);
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const [page] = await pages(ctx, { pageEvents: 7, ...(after === undefined ? {} : { after }) }, 1);
        if (page === undefined) break;
        seen.push(...page.events.map(sequence));
        assert.ok(seen.length <= all.length, 'the feed gives events again and again');
        after = page.checkpoint;
      }
      assert.deepEqual(seen.toSorted(), all.toSorted());
    },
  },
  {
    id: 'F-03',
    title: 'from now on, a feed gives only what is appended afterwards',
    ...withFeed,
    async run(ctx) {
      const before = await now(ctx);
      await existing(ctx);
      const after = await now(ctx);
      assert.deepEqual(await readFeed(ctx, { after }), []);
      assert.equal((await readFeed(ctx, { after: before })).length, 30);
      await append(ctx, 0, 2, { stream: stream(ctx, 'late') });
      assert.deepEqual((await readFeed(ctx, { after })).map(sequence), ['cart/late/1', 'cart/late/2']);
    },
  },
  {
    id: 'F-05',
    title: 'a finite feed of nothing ends',
    ...withFeed,
    async run(ctx) {
      assert.deepEqual(await readFeed(ctx), []);
      assert.deepEqual(await readFeed(ctx, { after: await now(ctx) }), []);
      await append(ctx, 0);
      assert.deepEqual(await readFeed(ctx, { after: await now(ctx) }), []);
      assert.deepEqual(await readFeed(ctx, { persistenceId: 'nobody' }), []);
    },
  },
  {
    id: 'F-06',
    title: 'an offset outlives the process that stored it',
    ...withFeed,
    async run(ctx) {
      await existing(ctx);
      const first = await ctx.open();
      const [page] = await pages({ ...ctx, driver: first }, { pageEvents: 10 }, 1);
      const after = page?.checkpoint ?? assert.fail('the feed gave no page');
      await first.close();
      const rest = await readFeed({ ...ctx, driver: await ctx.open() }, { after });
      const all = [...(page?.events ?? []), ...rest].map(sequence);
      assert.deepEqual(all.toSorted(), (await readFeed(ctx)).map(sequence).toSorted());
    },
  },
  {
    id: 'F-07',
    title: 'events that were written at the same moment are read page by page, none lost and none for ever',
    ...withFeed,
    async run(ctx) {
      const size = Math.min(16, ctx.driver.tuning.groupMax);
      const requests = range(1, size).map((n) => request(ctx, 0, 5, { stream: stream(ctx, `e-${n}`) }));
      await ctx.driver.journal.appendMany(requests, ctx.options);
      const found = await pages(ctx, { pageEvents: 3 });
      assert.ok(
        found.every(({ events }) => events.length <= 3),
        'a page holds more events than asked for',
      );
      const names = found.flatMap(({ events }) => events.map(sequence));
      assert.equal(names.length, 5 * size);
      assert.equal(new Set(names).size, names.length);
      for (const { events } of await pages(ctx, { pageEvents: 1 })) assert.ok(events.length <= 1);
    },
  },
  {
    id: 'F-11',
    title: 'a feed of one persistence id gives exactly its events',
    ...withFeed,
    async run(ctx) {
      const ids = ['cart', 'car', 'cart ', 'Cart'];
      for (const id of ids) await append(ctx, 0, 3, { stream: stream(ctx, 'e', id) });
      for (const id of ids) {
        const found = await readFeed(ctx, { persistenceId: id });
        assert.deepEqual(
          found.map(sequence),
          range(1, 3).map((n) => `${id}/e/${n}`),
        );
      }
    },
  },
  {
    id: 'F-15',
    title: 'two readers do not hinder each other, and one that stops early gives everything back',
    ...withFeed,
    async run(ctx) {
      await existing(ctx);
      const [a, b] = await Promise.all([pages(ctx, { pageEvents: 4 }), pages(ctx, { pageEvents: 9 })]);
      const names = [a, b].map((all) => all.flatMap(({ events }) => events.map(sequence)).toSorted());
      assert.deepEqual(names[0], names[1]);
      assert.equal(names[0]?.length, 30);
      // More often than any pool has connections.
      for (const _ of range(1, 100)) await pages(ctx, { pageEvents: 1 }, 1);
      assert.equal((await readFeed(ctx)).length, 30);
    },
  },
  {
    id: 'F-18',
    title: 'an offset from which the store cannot go on is OffsetExpired',
    ...withFeed,
    needs: ['expiredOffset'],
    async run(ctx) {
      await append(ctx, 0);
      const after = ctx.target.hooks?.expiredOffset?.() ?? assert.fail('the case ran without its hook');
      for (const live of [false, true]) await refused(pages(ctx, { after, live }, 1), 'OffsetExpired');
    },
  },
  {
    id: 'F-19',
    title: 'a feed passes over deleted events and gives all others, from the start and from the middle',
    ...withFeed,
    async run(ctx) {
      await fill(ctx, 20);
      await append(ctx, 0, 3, { stream: stream(ctx, 'other') });
      const [page] = await pages(ctx, { pageEvents: 5 }, 1);
      const after = page?.checkpoint ?? assert.fail('the feed gave no page');
      await ctx.driver.journal.deleteTo(stream(ctx), 12, ctx.fence, ctx.options);
      await append(ctx, 20, 2);
      const kept = [...range(13, 22).map((n) => `cart/e-1/${n}`), ...range(1, 3).map((n) => `cart/other/${n}`)];
      const gone = new Set(range(1, 12).map((n) => `cart/e-1/${n}`));
      for (const query of [{}, { pageEvents: 2 }]) {
        const found = (await readFeed(ctx, query)).map(sequence).filter((name) => !gone.has(name));
        assert.deepEqual(found.toSorted(), kept.toSorted());
      }
      const seen = new Set([...(page?.events ?? []), ...(await readFeed(ctx, { after }))].map(sequence));
      assert.deepEqual(
        kept.filter((name) => !seen.has(name)),
        [],
        'events that were not deleted are missing',
      );
    },
  },
  {
    id: 'F-20',
    title: 'a feed is there exactly when it is declared',
    ...withFeed,
    async run(ctx) {
      assert.notEqual(ctx.driver.feed, undefined);
    },
  },
  {
    id: 'F-21',
    title: 'what is no offset, and a page without events, are InvalidRequest',
    ...withFeed,
    async run(ctx) {
      await append(ctx, 0);
      const wrong: Partial<FeedQuery>[] = [{ after: 'no offset 🛒' }, { after: '' }, { pageEvents: 0 }];
      for (const query of [...wrong, { persistenceId: '' }]) await refused(pages(ctx, query, 1), 'InvalidRequest');
      await refused(feedOf(ctx).now('', ctx.options), 'InvalidRequest');
    },
  },
];

function sameStream({ stream: { persistenceId, entityId } }: FeedEvent, key: FeedEvent['stream']): boolean {
  return persistenceId === key.persistenceId && entityId === key.entityId;
}

function facts(event: Omit<FeedEvent, 'stream'>) {
  return { ...plain(event), sequenceNr: event.sequenceNr, epoch: event.epoch, at: event.at };
}
