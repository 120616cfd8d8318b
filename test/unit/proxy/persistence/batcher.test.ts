import { StoreError } from '@stategate/journal-spi';
import { describe, expect, test } from 'vitest';
import { Batcher } from '../../../../src/proxy/persistence/batcher.ts';
import { Limiter } from '../../../../src/proxy/persistence/limiter.ts';
import { Retries } from '../../../../src/proxy/persistence/retries.ts';
import { SnapshotPolicy } from '../../../../src/proxy/persistence/snapshot-policy.ts';
import { SnapshotSaver } from '../../../../src/proxy/persistence/snapshot-saver.ts';

describe('a batcher', () => {
  test('sends at once what comes alone, and together what comes meanwhile, in groups of at most so many', async () => {
    const groups: number[][] = [];
    const batcher = new Batcher<number, number>(async (group) => {
      groups.push([...group]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return group.map((n) => n * 10);
    }, 3);
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((n) => batcher.submit(n)))).toEqual([10, 20, 30, 40, 50, 60]);
    expect(groups).toEqual([[1], [2, 3, 4], [5, 6]]);
  });

  test('gives each request its own outcome', async () => {
    const conflict = new StoreError('SequenceConflict', 'no');
    const batcher = new Batcher<number, number>(async (group) => group.map((n) => (n === 2 ? conflict : n)), 10);
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => batcher.submit(n)));
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason))).toEqual([
      1,
      conflict,
      3,
    ]);
  });

  test('fails a whole group with what the store threw, and goes on with the next', async () => {
    let calls = 0;
    const batcher = new Batcher<number, number>(async (group) => {
      calls += 1;
      if (calls === 1) throw new StoreError('StoreUnavailable', 'gone');
      return [...group];
    }, 10);
    await expect(batcher.submit(1)).rejects.toThrow('gone');
    expect(await batcher.submit(2)).toBe(2);
  });

  test('an outcome that is missing is unclear, not a success', async () => {
    const batcher = new Batcher<number, number>(async () => [], 10);
    await expect(batcher.submit(1)).rejects.toMatchObject({ code: 'AmbiguousWrite' });
  });
});

test('a limiter lets so many run, the others in their order', async () => {
  const limiter = new Limiter(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const work = (n: number) => async (): Promise<void> => {
    started.push(n);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
    if (n === 2) throw new Error('two');
  };
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => limiter.run(work(n))));
  expect(started).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});

describe('retries', () => {
  test('a call that was not sent is tried again, with the same call', async () => {
    let tries = 0;
    const answer = await new Retries().run(async () => {
      tries += 1;
      if (tries < 3) throw new StoreError('StoreUnavailable', 'not yet');
      return 'there';
    });
    expect([answer, tries]).toEqual(['there', 3]);
  });

  test.each(['SequenceConflict', 'Fenced', 'AmbiguousWrite', 'InvalidRequest', 'Throttled'] as const)(
    '%s is not',
    async (code) => {
      let tries = 0;
      const call = new Retries().run(async () => {
        tries += 1;
        throw new StoreError(code, 'no');
      });
      await expect(call).rejects.toMatchObject({ code });
      expect(tries).toBe(1);
    },
  );

  test('a call that took long to fail is not tried again: its caller has waited enough', async () => {
    let tries = 0;
    const call = new Retries().run(async () => {
      tries += 1;
      await new Promise((resolve) => setTimeout(resolve, 1_600));
      throw new StoreError('StoreUnavailable', 'no server');
    });
    await expect(call).rejects.toMatchObject({ code: 'StoreUnavailable', message: 'no server' });
    expect(tries).toBe(1);
  });

  test('a store that is gone is left alone for a while, and calls fail at once', async () => {
    const retries = new Retries();
    let tries = 0;
    const call = (): Promise<never> =>
      retries.run(async () => {
        tries += 1;
        throw new StoreError('StoreUnavailable', 'refused');
      });
    for (let i = 0; i < 5; i += 1) await expect(call()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    const before = tries;
    await expect(call()).rejects.toThrow('20 times in a row');
    expect(tries).toBe(before);
  });
});

describe('the snapshot policy', () => {
  const range = { min: 10, target: 100, max: 1_000 };

  test('stores every snapshot when told to', () => {
    expect(new SnapshotPolicy(range, true).accepts(1, 1)).toBe(true);
  });

  test('keeps to the target until it has measured', () => {
    const policy = new SnapshotPolicy(range, false);
    expect([policy.accepts(99, 0), policy.accepts(100, 0)]).toEqual([false, true]);
  });

  test('stores at √(2w/ac) events, as measured', () => {
    const policy = new SnapshotPolicy(range, false);
    policy.appended(1_000);
    for (let i = 0; i < 10; i += 1) policy.activated(100, 2); // c = 0.02 ms, a = 0.01
    policy.saved(1); // w = 1 ms
    expect(policy.every()).toBe(100);
    policy.saved(1 + 10 * 3); // the average moves to 4 ms
    expect(policy.every()).toBe(200);
  });

  test('stays between min and max, and stores early what covers many bytes', () => {
    const policy = new SnapshotPolicy(range, false);
    policy.appended(10);
    policy.activated(10, 1_000);
    policy.saved(0.001);
    expect(policy.every()).toBe(10);
    expect(new SnapshotPolicy(range, false).accepts(10, 256 * 1024)).toBe(true);
    expect(new SnapshotPolicy(range, false).accepts(9, 256 * 1024)).toBe(false);
  });
});

test('snapshots are saved one at a time, the newest wins, a failure is told', async () => {
  const saved: number[] = [];
  const errors: unknown[] = [];
  const saver = new SnapshotSaver(
    async ({ sequenceNr }) => {
      saved.push(sequenceNr);
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (sequenceNr === 1) throw new Error('disk');
    },
    (error) => errors.push(error),
  );
  for (const sequenceNr of [1, 2, 3, 4]) saver.offer({ sequenceNr, manifest: 'm', payload: new Uint8Array(0) });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(saved).toEqual([1, 4]);
  expect(errors).toHaveLength(1);
});
