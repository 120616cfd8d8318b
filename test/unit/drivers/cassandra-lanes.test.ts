import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import { expect, test } from 'vitest';
import { Lanes } from '../../../drivers/cassandra/src/lanes.ts';

const soon = (ms = 5_000) => ({ deadline: performance.now() + ms });

function code(reason: unknown): unknown {
  return isStoreError(reason) ? reason.code : reason;
}

test('those of one key go one after the other in their order, and hand their state on', async () => {
  const lanes = new Lanes<number>(8);
  const seen: (number | undefined)[] = [];
  await Promise.all(
    [1, 2, 3].map((n) =>
      lanes.run(['k'], soon(), async (lane) => {
        seen.push(lane.state);
        await sleep(5);
        lane.state = n;
      }),
    ),
  );
  expect(seen).toEqual([undefined, 1, 2]);
  // Nobody was left: so was nothing of the state.
  await lanes.run(['k'], soon(), async (lane) => expect(lane.state).toBeUndefined());
});

test('those of different keys run at once, within the width', async () => {
  const lanes = new Lanes<never>(3);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      lanes.run([String(n)], soon(), async () => {
        most = Math.max(most, (running += 1));
        await sleep(5);
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(3);
});

test('one that gives up is Cancelled in time, lets nobody overtake and takes no place', async () => {
  const lanes = new Lanes<never>(1);
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const run = (name: string, key: string, ms?: number) =>
    lanes.run([key], soon(ms), async () => {
      order.push(name);
      if (name === 'first') await first.promise;
    });
  const running = run('first', 'a');
  const begun = performance.now();
  const late = [run('same key', 'a', 30), run('other key', 'b', 30)];
  const after = [run('after', 'a'), run('beside', 'b')];
  const outcomes = await Promise.allSettled(late);
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && code(outcome.reason))).toEqual([
    'Cancelled',
    'Cancelled',
  ]);
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(order).toEqual(['first']);
  first.resolve();
  await Promise.all([running, ...after]);
  expect(order.toSorted()).toEqual(['after', 'beside', 'first']);
});

test('an error ends its own work only', async () => {
  const lanes = new Lanes<never>(1);
  const failing = lanes.run(['k'], soon(), async () => Promise.reject(new Error('mine')));
  const next = lanes.run(['k'], soon(), async () => 'done');
  await expect(failing).rejects.toThrow('mine');
  expect(await next).toBe('done');
});
