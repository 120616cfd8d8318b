import { describe, expect, test } from 'vitest';
import definition, { Database, inMemoryDriver } from '@stategate/driver-inmemory/driver';
import type { Driver } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { testConformance } from './suite.ts';
import { inMemoryTarget } from './inmemory-target.ts';

describe('conformance of the in-memory driver', () => {
  testConformance(async () => inMemoryTarget(), 'inmemory');
});

describe('the in-memory driver', () => {
  const stream = { namespace: 'n', persistenceId: 'p', entityId: 'e' };
  const key = { namespace: 'n', collection: 'c', key: 'k' };
  const fence = { scope: 'all', epoch: 1 };

  function append(driver: Driver, expected: number, sizeBytes: number) {
    const events = [{ manifest: 't', payload: new Uint8Array(sizeBytes) }];
    return driver.journal.append({ stream, expected, fence, token: `t-${expected}`, events }, {});
  }

  function put(driver: Driver, name: string, sizeBytes: number, ttlMs: number | null = null) {
    const value = { manifest: 't', payload: new Uint8Array(sizeBytes) };
    const request = {
      key: { ...key, key: name },
      value,
      condition: { if: 'any' },
      fence,
      token: `t-${name}`,
      ttlMs,
    } as const;
    return driver.keyValue.put(request, {});
  }

  test('says when it is opened that nothing survives', async () => {
    const warnings: string[] = [];
    await definition.open({ maxBytes: 1000 }, { warn: (message) => warnings.push(message), instanceId: 'i' });
    expect(warnings).toEqual([expect.stringContaining('lost when this process ends')]);
  });

  test('starts empty at every open, unless the database is handed in', async () => {
    const env = { warn: () => undefined, instanceId: 'i' };
    await append(await open(100_000), 0, 10);
    expect((await (await open(100_000)).journal.head(stream, {})).exists).toBe(false);

    const shared = inMemoryDriver(new Database(100_000));
    await append(await shared.open({ maxBytes: 1 }, env), 0, 10);
    expect((await (await shared.open({ maxBytes: 1 }, env)).journal.head(stream, {})).exists).toBe(true);
  });

  test('Z-11: is Throttled when it is full, keeps what it has, and has room again after a deletion', async () => {
    const driver = await open(100_000);
    await append(driver, 0, 60_000);
    await expect(append(driver, 1, 60_000)).rejects.toMatchObject({ code: 'Throttled', details: { limit: 100_000 } });
    const save = driver.snapshots.save(
      stream,
      { manifest: 't', payload: new Uint8Array(60_000), sequenceNr: 1 },
      fence,
      {},
    );
    await expect(save).rejects.toMatchObject({ code: 'Throttled' });
    await expect(put(driver, 'k', 60_000)).rejects.toMatchObject({ code: 'Throttled' });
    expect(await driver.journal.head(stream, {})).toMatchObject({ head: 1 });

    await driver.journal.deleteTo(stream, 1, fence, {});
    expect(await append(driver, 1, 60_000)).toMatchObject({ lastSequenceNr: 2 });
  });

  test('never accounts for more than it holds: what is overwritten and deleted makes room', async () => {
    const driver = await open(100_000);
    await append(driver, 0, 10);
    for (let round = 0; round < 50; round += 1) {
      await put(driver, `k-${round % 2}`, 10_000 + round);
      await driver.keyValue.delete(
        { key: { ...key, key: `k-${round % 2}` }, value: null, condition: { if: 'any' }, fence, token: `d-${round}` },
        {},
      );
      await driver.snapshots.save(stream, { manifest: 't', payload: new Uint8Array(30_000), sequenceNr: 1 }, fence, {
        keep: 1,
      });
    }
    expect(await driver.snapshots.delete(stream, {}, {})).toBe(1);
    expect(await put(driver, 'k-0', 90_000)).toMatchObject({ duplicate: false });
  });

  test('gives the room of expired values to new ones', async () => {
    let now = 1_000_000;
    const driver = await open(100_000, () => now);
    await put(driver, 'old', 60_000, 1000);
    await expect(put(driver, 'new', 60_000)).rejects.toMatchObject({ code: 'Throttled' });
    now += 1000;
    expect(await put(driver, 'new', 60_000)).toMatchObject({ existed: false });
  });

  test('is not ready when it is full, and says early that it will be', async () => {
    const driver = await open(100_000);
    expect(await driver.health({})).toMatchObject({ ready: true, problems: [] });
    await append(driver, 0, 92_000);
    const warned = { ready: true, problems: [expect.stringContaining('of the memory that it may take')] };
    expect(await driver.health({})).toMatchObject(warned);
    await append(driver, 1, 6_500);
    expect(await driver.health({})).toMatchObject({ ready: false, problems: [expect.stringContaining('is full')] });
  });

  test('forgets deleted appends and goes on feeding from any offset', async () => {
    const driver = await open(10_000_000);
    const offsets: string[] = [];
    for (let expected = 0; expected < 5000; expected += 1) {
      await append(driver, expected, 1);
      if (expected % 1000 === 999) offsets.push((await driver.feed?.now('n', {})) ?? '');
    }
    for (const until of [700, 2500, 4990]) await driver.journal.deleteTo(stream, until, fence, {});
    for (const [round, after] of [undefined, ...offsets].entries()) {
      const numbers: number[] = [];
      const query = { namespace: 'n', live: false, pageEvents: 3, ...(after === undefined ? {} : { after }) };
      for await (const { events } of driver.feed?.read(query, {}) ?? []) {
        numbers.push(...events.map(({ sequenceNr }) => sequenceNr));
      }
      expect(numbers).toEqual(round === 5 ? [] : [4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999, 5000]);
    }
  });

  test('feeds live what is appended while a page is being read', { timeout: 5000 }, async () => {
    const driver = await open(100_000);
    const numbers: number[] = [];
    await append(driver, 0, 1);
    for await (const { events } of driver.feed?.read({ namespace: 'n', live: true }, {}) ?? []) {
      numbers.push(...events.map(({ sequenceNr }) => sequenceNr));
      if (numbers.length === 5) break;
      await append(driver, numbers.length, 1);
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
  });

  test('passes over a feed whose events are all deleted and forgotten', async () => {
    const driver = await open(10_000_000);
    for (let expected = 0; expected < 1000; expected += 1) await append(driver, expected, 1);
    await driver.journal.deleteTo(stream, 1000, fence, {});
    const pages = await Array.fromAsync(driver.feed?.read({ namespace: 'n', live: false }, {}) ?? []);
    expect(pages).toEqual([{ events: [], checkpoint: '1000' }]);
  });

  test('writes nothing when it was opened only to read', async () => {
    const driver = await definition.open(
      { maxBytes: 100_000 },
      { warn: () => undefined, instanceId: 'i', readOnly: true },
    );
    await expect(append(driver, 0, 10)).rejects.toMatchObject({ code: 'Unsupported' });
    await expect(put(driver, 'k', 10)).rejects.toMatchObject({ code: 'Unsupported' });
    expect((await driver.journal.head(stream, {})).exists).toBe(false);
  });
});

async function open(maxBytes: number, now = Date.now): Promise<Driver> {
  return definition.open(await validateConfig(definition, { maxBytes }), {
    warn: () => undefined,
    instanceId: 'i',
    now,
  });
}
