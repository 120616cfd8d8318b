import { inMemoryDriver } from '@stategate/driver-inmemory/driver';
import { type KeyValueStore, StoreError } from '@stategate/journal-spi';
import { ValueStore } from '@stategate/kv';
import { describe, expect, test } from 'vitest';

const key = { namespace: 'n', collection: 'c', key: 'k' };
const fence = { scope: 'all', epoch: 1 };
const value = (text: string) => ({ manifest: 'text', payload: Buffer.from(text) });
const options = () => ({ deadline: performance.now() + 1_000 });

async function store(): Promise<KeyValueStore> {
  const driver = inMemoryDriver();
  const config = await driver.configSchema['~standard'].validate({});
  if (config.issues !== undefined) throw new Error('refused');
  return (await driver.open(config.value, { warn: () => undefined, instanceId: 't' })).keyValue;
}

describe('a value store', () => {
  test('each write follows the one before it, deletion and re-creation included', async () => {
    const keyValue = await store();
    const values = new ValueStore(keyValue, (request) =>
      keyValue.putMany([request], options()).then(([outcome]) => take(outcome)),
    );
    let stored = await values.recover(key, fence, options());
    expect(stored).toEqual({ value: null, rev: null });
    stored = await values.write({ key, previous: stored, value: value('one'), fence, token: 't1' }, options());
    stored = await values.write({ key, previous: stored, value: null, fence, token: 't2' }, options());
    expect(stored.rev).toBeNull();
    stored = await values.write({ key, previous: stored, value: value('two'), fence, token: 't3' }, options());
    expect(Buffer.from((await values.recover(key, fence, options())).value?.payload ?? []).toString()).toBe('two');
    await expect(
      values.write({ key, previous: { value: null, rev: null }, value: value('x'), fence, token: 't4' }, options()),
    ).rejects.toMatchObject({
      code: 'SequenceConflict',
    });
  });

  test.each(['applied', 'lost'] as const)('a write whose answer is lost is settled: %s', async (what) => {
    const keyValue = await store();
    let tries = 0;
    const values = new ValueStore(keyValue, async (request) => {
      tries += 1;
      if (tries > 1 || what === 'applied') {
        const [outcome] = await keyValue.putMany([request], options());
        if (tries > 1) return take(outcome);
      }
      throw new StoreError('AmbiguousWrite', 'no answer');
    });
    const stored = await values.write(
      { key, previous: { value: null, rev: null }, value: value('one'), fence, token: 't1' },
      options(),
    );
    expect(stored.rev).toBe((await keyValue.get(key, options()))?.rev);
    expect(tries).toBe(what === 'applied' ? 1 : 2);
  });

  test('an unclear write that somebody else overtook is a conflict', async () => {
    const keyValue = await store();
    const values = new ValueStore(keyValue, async () => {
      await keyValue.put({ key, value: value('theirs'), condition: { if: 'any' }, fence, token: 'other' }, options());
      throw new StoreError('AmbiguousWrite', 'no answer');
    });
    const write = values.write(
      { key, previous: { value: null, rev: null }, value: value('ours'), fence, token: 't1' },
      options(),
    );
    await expect(write).rejects.toMatchObject({ code: 'SequenceConflict' });
  });
});

function take<T>(outcome: T | StoreError | undefined): T {
  if (outcome === undefined || outcome instanceof StoreError) throw outcome ?? new Error('no outcome');
  return outcome;
}
