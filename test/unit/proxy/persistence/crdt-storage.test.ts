import { inMemoryDriver } from '@stategate/driver-inmemory/driver';
import { type Driver, isStoreError } from '@stategate/journal-spi';
import { ValueStore } from '@stategate/kv';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StoredCrdt } from '../../../../src/proxy/entities/crdt/kind.ts';
import { applyDelta } from '../../../../src/proxy/entities/crdt/values.ts';
import { CrdtEntityStorage, sharedReplica } from '../../../../src/proxy/persistence/crdt-storage.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const fence = { scope: 'all', epoch: 1 };
const key = { namespace: 'n', collection: '$crdt/p', key: 'e' };
const options = () => ({ deadline: performance.now() + 1_000 });

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

async function openStore(): Promise<Driver> {
  const driver = inMemoryDriver();
  const config = await driver.configSchema['~standard'].validate({});
  if (config.issues !== undefined) throw new Error('refused');
  return driver.open(config.value, { warn: () => undefined, instanceId: 't' });
}

function valueStore(driver: Driver): ValueStore {
  return new ValueStore(driver.keyValue, async (request) => {
    const [outcome] = await driver.keyValue.putMany([request], options());
    if (outcome === undefined || isStoreError(outcome)) throw outcome;
    return outcome;
  });
}

function storageOf(driver: Driver, expires = true): CrdtEntityStorage {
  const store = valueStore(driver);
  const replica = sharedReplica(store, 'n', fence, 1_000);
  return new CrdtEntityStorage(
    { store, namespace: 'n', persistenceId: 'p', fence, timeoutMs: 1_000, expires, replica },
    'e',
  );
}

function held(stored: StoredCrdt): unknown {
  return stored === undefined || stored === 'deleted' ? stored : stored.fullDelta({ replica: 'r', members: ['r'] });
}

async function read(driver: Driver): Promise<unknown> {
  return held((await storageOf(driver).recover()).stored);
}

const counter = (by: bigint) => applyDelta(undefined, { gcounter: { increment: by } }, 'r', 0);

describe('an entry', () => {
  test('holds the whole state, the same bytes for the same state', async () => {
    const [one, other] = [await openStore(), await openStore()];
    for (const driver of [one, other]) {
      const storage = storageOf(driver);
      expect((await storage.recover()).stored).toBeUndefined();
      await storage.write(counter(3n));
      await storage.write(counter(5n));
      expect(await read(driver)).toEqual({ gcounter: { increment: 5n } });
    }
    const [a, b] = await Promise.all([one, other].map(({ keyValue }) => keyValue.get(key, options())));
    expect(a?.payload).toEqual(b?.payload);
  });

  test.each([true, false])(
    'marks a deletion for a day, then the id is free again (the store expires: %s)',
    async (expires) => {
      const driver = await openStore();
      const storage = storageOf(driver, expires);
      await storage.recover();
      await storage.write(counter(3n));
      await storage.write('deleted');
      expect(await read(driver)).toBe('deleted');
      vi.setSystemTime(Date.now() + DAY_MS - 1_000);
      expect(await read(driver)).toBe('deleted');
      vi.setSystemTime(Date.now() + 2_000);
      expect(await read(driver)).toBeUndefined();
      const next = storageOf(driver, expires);
      await next.recover();
      await next.write(counter(1n));
      expect(await read(driver)).toEqual({ gcounter: { increment: 1n } });
    },
  );

  test('that cannot be read is not taken for an empty one', async () => {
    const driver = await openStore();
    const put = { key, condition: { if: 'any' } as const, fence };
    await driver.keyValue.put(
      { ...put, value: { manifest: 'm', payload: Buffer.from([0xff]) }, token: 't1' },
      options(),
    );
    await expect(storageOf(driver).recover()).rejects.toMatchObject({ code: 'IntegrityError' });
    await driver.keyValue.put({ ...put, value: { manifest: 'm', payload: Buffer.alloc(0) }, token: 't2' }, options());
    await expect(storageOf(driver).recover()).rejects.toMatchObject({
      code: 'IntegrityError',
      message: expect.stringContaining('no type that this version knows') as string,
    });
  });
});

test('the replica id is made once for a namespace', async () => {
  const driver = await openStore();
  const ask = (): Promise<string> => sharedReplica(valueStore(driver), 'n', fence, 1_000)();
  const ids = await Promise.all([ask(), ask(), ask()]);
  expect(new Set([...ids, await ask()]).size).toBe(1);
});
