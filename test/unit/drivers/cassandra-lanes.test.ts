import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import { expect, test } from 'vitest';
import { Lanes } from '../../../drivers/cassandra/src/lanes.ts';

const soon = (ms = 5_000) => ({ deadline: performance.now() + ms });

function code(reason: unknown): unknown {
  return isStoreError(reason) ? reason.code : reason;
}

test('those of one key go one after the other in their order, and hand their state on', async () => {
  const lanes = new Lanes<number>();
  const seen: (number | undefined)[] = [];
  await Promise.all(
    [1, 2, 3].map((n) =>
      lanes.run(['k'], soon(), async (turn) => {
        seen.push(turn.before);
        await sleep(5);
        turn.after = n;
      }),
    ),
  );
  expect(seen).toEqual([undefined, 1, 2]);
  // Nobody was left: so was nothing of the state.
  await lanes.run(['k'], soon(), async (turn) => expect(turn.before).toBeUndefined());
});

test('those of different keys run at once', async () => {
  const lanes = new Lanes<never>();
  const all = Promise.withResolvers<void>();
  let running = 0;
  const run = (n: number) =>
    lanes.run([String(n)], soon(), async () => {
      running += 1;
      if (running === 10) all.resolve();
      await all.promise;
    });
  await Promise.all(Array.from({ length: 10 }, (_, n) => run(n)));
  expect(running).toBe(10);
});

test('one that gives up is Cancelled in time, and lets nobody overtake', async () => {
  const lanes = new Lanes<never>();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const run = (name: string, ms?: number) =>
    lanes.run(['k'], soon(ms), async () => {
      order.push(name);
      if (name === 'first') await first.promise;
    });
  const running = run('first');
  const begun = performance.now();
  const late = run('late', 30);
  const after = run('after');
  expect(await late.catch(code)).toBe('Cancelled');
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(order).toEqual(['first']);
  first.resolve();
  await Promise.all([running, after]);
  expect(order).toEqual(['first', 'after']);
});

test('an error ends its own work only', async () => {
  const lanes = new Lanes<never>();
  const failing = lanes.run(['k'], soon(), async () => Promise.reject(new Error('mine')));
  const next = lanes.run(['k'], soon(), async () => 'done');
  await expect(failing).rejects.toThrow('mine');
  expect(await next).toBe('done');
});
