import { isStoreError, StoreError } from '@stategate/journal-spi';
import { Calls } from '@stategate/journal-spi/kit';
import type { Effect, Sending } from '@stategate/journal-spi/kit';
import { expect, test } from 'vitest';

const SLOW_MS = 60_000;

function calls({ readOnly = false, timeoutMs = SLOW_MS } = {}): Calls {
  return new Calls({
    location: 'the test',
    readOnly,
    timeoutMs,
    toStoreError: (error, effect) => new StoreError('Throttled', `${effect}: ${String(error)}`),
  });
}

const silent = () => new Promise<never>(() => undefined);

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isStoreError(error) ? error.code : String(error);
  }
  return 'done';
}

test('a request gives what the server answers, and an error as the driver understands it', async () => {
  await expect(calls().send('read', {}, async () => 7)).resolves.toBe(7);
  const refused = calls().send('write', {}, () => Promise.reject(new Error('no room')));
  await expect(refused).rejects.toMatchObject({ code: 'Throttled', message: 'write: Error: no room' });
});

test('a silent server: a write is ambiguous once it was sent, all else is unavailable, at the deadline', async () => {
  const store = calls({ timeoutMs: 20 });
  expect(await codeOf(store.send('write', {}, silent))).toBe('AmbiguousWrite');
  for (const effect of ['read', 'seal'] as const) {
    expect(await codeOf(store.send(effect, {}, silent))).toBe('StoreUnavailable');
  }
  const waiting = (sending: Sending) => {
    sending.sent = false;
    return silent();
  };
  expect(await codeOf(store.send('write', { deadline: performance.now() + 5 }, waiting))).toBe('StoreUnavailable');
});

test('an aborted signal ends the waiting, and what it holds is freed', async () => {
  const abort = new AbortController();
  const freed: string[] = [];
  const request = (effect: Effect) =>
    calls().send(effect, { signal: abort.signal }, (sending) => {
      sending.onOver = ({ code }) => void freed.push(code);
      return silent();
    });
  const codes = Promise.all([codeOf(request('read')), codeOf(request('write'))]);
  abort.abort();
  expect(await codes).toEqual(['Cancelled', 'AmbiguousWrite']);
  expect(freed).toEqual(['Cancelled', 'Cancelled']);
});

test('what must not begin sends nothing', async () => {
  let sent = 0;
  const request = async () => void (sent += 1);
  expect(await codeOf(calls({ readOnly: true }).send('seal', {}, request))).toBe('Unsupported');
  expect(await codeOf(calls().send('read', { signal: AbortSignal.abort() }, request))).toBe('Cancelled');
  expect(await codeOf(calls().send('read', { deadline: performance.now() - 1 }, request))).toBe('Cancelled');
  const closed = calls();
  await closed.close(0);
  expect(await codeOf(closed.send('read', {}, request))).toBe('StoreUnavailable');
  expect(sent).toBe(0);
});

test('the requests of one call share its time, and are a part of it while the store is being closed', async () => {
  const store = calls({ timeoutMs: 30 });
  const late = store.run('write', {}, async (call) => {
    await codeOf(store.send('read', call, silent));
    // A timer may be early by a part of a millisecond.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return codeOf(store.send('write', call, async () => 'sent'));
  });
  expect(await late).toBe('StoreUnavailable');

  const answer = Promise.withResolvers<string>();
  const draining = calls();
  const running = draining.run('read', {}, async (call) => {
    await answer.promise;
    return draining.send('read', call, async () => 'second');
  });
  const closed = draining.close(SLOW_MS);
  answer.resolve('first');
  expect(await running).toBe('second');
  await closed;
});

test('close waits for no longer than it is told to, and then ends what is left', async () => {
  const store = calls();
  const codes = Promise.all([codeOf(store.send('read', {}, silent)), codeOf(store.send('write', {}, silent))]);
  await store.close(20);
  expect(await codes).toEqual(['StoreUnavailable', 'AmbiguousWrite']);
});

test('requests that nobody waits for any more take room until they have ended', async () => {
  const store = calls();
  const server = Promise.withResolvers<void>();
  const deadline = performance.now() + 3_000;
  const given = Array.from({ length: 10_000 }, () => codeOf(store.send('read', { deadline }, () => server.promise)));
  expect(new Set(await Promise.all(given))).toEqual(new Set(['StoreUnavailable']));
  expect(await codeOf(store.send('read', {}, async () => 1))).toBe('Throttled');
  server.resolve();
  await server.promise;
  expect(await codeOf(store.send('read', {}, async () => 1))).toBe('done');
});
