import type { FeedEvent, FeedPage } from '@stategate/journal-spi';
import { feedPages, pageOfList } from '@stategate/journal-spi/kit';
import type { FeedStep } from '@stategate/journal-spi/kit';
import { expect, test } from 'vitest';

const QUERY = { namespace: 'n', live: false };
const ROOM = { events: 3, bytes: 1000 };

/** An append of events `first … last` of 100 bytes each; its offsets are its name and how many of them are behind. */
function step(name: string, first: number, last: number): FeedStep {
  const events = Array.from({ length: last - first + 1 }, (_, at): FeedEvent => {
    const stream = { namespace: 'n', persistenceId: 'p', entityId: name };
    return { stream, sequenceNr: first + at, epoch: 1, at: 0, manifest: '', payload: new Uint8Array(100) };
  });
  return { events, offset: (count) => `${name}/${count}` };
}

async function pagesOf(steps: readonly (FeedStep | 'idle')[], bounds = ROOM): Promise<readonly string[]> {
  async function* given() {
    yield* steps;
  }
  const pages: FeedPage[] = [];
  for await (const page of feedPages(QUERY, bounds, 'start', given())) pages.push(page);
  return pages.map(({ events, checkpoint }) => {
    const delivered = events.map(({ stream, sequenceNr }) => `${stream.entityId}${sequenceNr}`);
    return `${delivered.join(' ')} → ${checkpoint}`;
  });
}

test('pages are filled across appends, and may end in the middle of one', async () => {
  expect(await pagesOf([step('a', 1, 2), step('b', 1, 2), step('c', 1, 3)])).toEqual([
    'a1 a2 b1 → b/1',
    'b2 c1 c2 → c/2',
    'c3 → c/3',
  ]);
});

test('bytes end a page too, but never before its first event', async () => {
  expect(await pagesOf([step('a', 1, 3)], { events: 10, bytes: 200 })).toEqual(['a1 a2 → a/2', 'a3 → a/3']);
  expect(await pagesOf([step('a', 1, 2)], { events: 10, bytes: 50 })).toEqual(['a1 → a/1', 'a2 → a/2']);
});

test('a full page ends behind the last append, also where the next one begins', async () => {
  expect(await pagesOf([step('a', 1, 3), step('b', 1, 1)])).toEqual(['a1 a2 a3 → a/3', 'b1 → b/1']);
});

test('when nothing more is there for now, what was gathered is delivered once, and what was passed over moves the offset', async () => {
  const passed: FeedStep = { events: [], offset: () => 'others' };
  expect(await pagesOf([step('a', 1, 1), 'idle', 'idle', passed, 'idle'])).toEqual(['a1 → a/1', ' → others']);
});

test('no steps, no page', async () => {
  expect(await pagesOf([])).toEqual([]);
});

test('a list goes on behind its last entry when there is one more than asked for', () => {
  expect(pageOfList([1, 2, 3], 2, String)).toEqual({ page: [1, 2], next: '2' });
  expect(pageOfList([1, 2], 2, String)).toEqual({ page: [1, 2] });
  expect(pageOfList([], 2, String)).toEqual({ page: [] });
});
