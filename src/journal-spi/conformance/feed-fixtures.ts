import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Capabilities } from '../driver.ts';
import type { ChangeFeed, FeedEvent, FeedPage, FeedQuery } from '../feed.ts';
import type { Offset } from '../stream.ts';
import type { CaseContext } from './case.ts';
import { append, range, stream } from './fixtures.ts';

/** What a case of the feed has in common with the others. */
export const withFeed = {
  requires: (capabilities: Capabilities) => capabilities.feed !== false,
  async absence(ctx: CaseContext) {
    assert.equal(ctx.driver.feed, undefined, 'there is a feed that is not declared');
  },
};

export function feedOf({ driver }: Pick<CaseContext, 'driver'>): ChangeFeed {
  return driver.feed ?? assert.fail('it declares a feed and has none');
}

export function now(ctx: CaseContext): Promise<Offset> {
  return feedOf(ctx).now(ctx.namespace, ctx.options);
}

/** Ten events in each of three streams, five from one append and five one by one. */
export async function existing(ctx: CaseContext): Promise<void> {
  for (const id of ['a', 'b', 'c']) await append(ctx, 0, 5, { stream: stream(ctx, id) });
  for (const expected of range(5, 9)) {
    for (const id of ['a', 'b', 'c']) await append(ctx, expected, 1, { stream: stream(ctx, id) });
  }
}

/** The pages of a feed that hold events, finite unless said otherwise: all, or the first so many. */
export async function pages(
  ctx: CaseContext,
  query: Partial<FeedQuery> = {},
  atMost = Infinity,
): Promise<readonly FeedPage[]> {
  const found: FeedPage[] = [];
  const all = feedOf(ctx).read({ namespace: ctx.namespace, live: false, ...query }, ctx.options);
  for await (const page of all) {
    if (page.events.length === 0) continue;
    found.push(page);
    if (found.length === atMost) break;
  }
  return found;
}

/** The events of a finite feed. */
export async function readFeed(ctx: CaseContext, query: Partial<FeedQuery> = {}): Promise<FeedEvent[]> {
  return (await pages(ctx, query)).flatMap(({ events }) => events);
}

/** Names an event: different ones have different names. */
export function sequence({ stream: { persistenceId, entityId }, sequenceNr }: FeedEvent): string {
  return `${persistenceId}/${entityId}/${sequenceNr}`;
}

/** A live feed that is read in the background until it is stopped. */
export interface Tail {
  readonly events: readonly FeedEvent[];
  readonly checkpoint: Offset | undefined;
  /** Waits until it has delivered so many events. */
  until(count: number): Promise<void>;
  /** Aborts it and returns how it ended: by an error of its own, or not within a second. */
  stop(): Promise<unknown>;
}

export function tail(ctx: CaseContext, query: Partial<FeedQuery> = {}): Tail {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, ctx.options.signal ?? abort.signal]);
  const events: FeedEvent[] = [];
  let checkpoint: Offset | undefined;
  let advanced = Promise.withResolvers<void>();
  async function follow(): Promise<void> {
    for await (const page of feedOf(ctx).read({ namespace: ctx.namespace, live: true, ...query }, { signal })) {
      events.push(...page.events);
      checkpoint = page.checkpoint;
      advanced.resolve();
      advanced = Promise.withResolvers();
    }
  }
  const ended = follow().then(
    () => undefined,
    (error: unknown) => error,
  );
  const stopped = ended.then((error) => assert.fail(`the live feed ended: ${String(error)}`));
  stopped.catch(() => undefined); // Heard by whoever waits in `until`.
  return {
    events,
    get checkpoint() {
      return checkpoint;
    },
    async until(count) {
      while (events.length < count) await Promise.race([advanced.promise, stopped]);
    },
    stop() {
      abort.abort();
      return Promise.race([ended, sleep(1000, new Error('it goes on a second after its abort'), { ref: false })]);
    },
  };
}
