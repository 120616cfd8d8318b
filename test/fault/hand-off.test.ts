import { expect, test } from 'vitest';
import { notRun } from '../support/not-run.ts';
import { startStore, STORES } from '../support/stores.ts';
import { handOff } from './hand-off.ts';

test.for(STORES)(
  '%s: the naive fence loses an acknowledged event when a stream changes hands, ours does not',
  { timeout: 150_000 },
  async (name, context) => {
    const store = await startStore(name);
    if ('missing' in store) notRun(context, store.missing);
    await using _store = store;
    const [oldOwner, newOwner] = [await store.open(), await store.open()];
    try {
      expect(await handOff(oldOwner, newOwner, 'naive')).toEqual({ acknowledged: true, known: false });
      expect(await handOff(oldOwner, newOwner, 'ours')).toEqual({ acknowledged: false, known: false });
    } finally {
      await oldOwner.close();
      await newOwner.close();
    }
  },
);
