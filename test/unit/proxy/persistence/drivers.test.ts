import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isStoreError, SPI_VERSION } from '@stategate/journal-spi';
import { loadDriver, openStore } from '@stategate/proxy/store';

const ENV = { loadDriver, warn: () => {}, instanceId: 'test' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stategate-drivers-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The sentence of the `ConfigError` that must come. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isStoreError(error)) throw new Error(`expected a StoreError, got ${String(error)}`);
  expect(error.code).toBe('ConfigError');
  return error.message;
}

/** A driver in a file: the in-memory one with something changed. */
async function driverFile(name: string, changes: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(
    file,
    `const schema = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
     export default { name: 'odd', version: '9.9.9', spi: '^${SPI_VERSION}', configSchema: schema, secrets: [], open: async (config) => ({ config }), ${changes} };`,
  );
  return file;
}

describe('a driver', () => {
  test('of ours is found by its short name', async () => {
    expect((await loadDriver('inmemory')).name).toBe('inmemory');
  });

  test('of somebody else is found by its file', async () => {
    expect((await loadDriver(await driverFile('good.mjs', ''))).version).toBe('9.9.9');
  });

  test('that is not installed is named with the way to install it', async () => {
    expect(await refusal(loadDriver('nosuchstore'))).toBe(
      'the driver "nosuchstore" is not installed: npm i @stategate/driver-nosuchstore',
    );
    expect(await refusal(loadDriver('@acme/nosuchstore'))).toBe(
      'the driver "@acme/nosuchstore" is not installed: npm i @acme/nosuchstore',
    );
    expect(await refusal(loadDriver('stategate-driver-nosuchstore'))).toBe(
      'the driver "stategate-driver-nosuchstore" is not installed: npm i stategate-driver-nosuchstore',
    );
  });

  test('whose file is missing, is broken, or exports something else, is refused', async () => {
    expect(await refusal(loadDriver('./no/such.mjs'))).toMatch(/^store.driver: there is no file .*no\/such.mjs$/);
    await writeFile(join(folder, 'broken.mjs'), 'throw new Error("a defect of mine");');
    expect(await refusal(loadDriver(join(folder, 'broken.mjs')))).toMatch(
      /broken.mjs" cannot be loaded: .*a defect of mine/,
    );
    await writeFile(join(folder, 'other.mjs'), 'export default 5;');
    expect(await refusal(loadDriver(join(folder, 'other.mjs')))).toMatch(
      /other.mjs" is no driver: its default export must be made with defineDriver/,
    );
  });
});

describe('a store', () => {
  test('is opened with its settings checked by the driver', async () => {
    const driver = await openStore({ driver: 'inmemory', config: {} }, ENV);
    expect(driver.capabilities.durability).toBe('none');
    await driver.close();
  });

  test('is refused with the key that is wrong', async () => {
    const refused = openStore({ driver: 'inmemory', config: { maxBytes: 'much' } }, ENV);
    expect(await refusal(refused)).toMatch(/^the driver "inmemory" refuses its configuration: store.config.maxBytes: /);
  });

  test('is refused when the driver is made for another version of the interface', async () => {
    const driver = await driverFile('old.mjs', `spi: '^0.3.0'`);
    expect(await refusal(openStore({ driver, config: {} }, ENV))).toBe(
      `the driver "odd" 9.9.9 is made for ^0.3.0 of @stategate/journal-spi, this is ${SPI_VERSION}: install a version of it that fits`,
    );
  });

  test('takes the short form as the driver reads it, under the settings beside it', async () => {
    const driver = await driverFile('short.mjs', `shortForm: (rest) => ({ path: rest, size: 1 })`);
    const opened: unknown = await openStore({ driver, short: 'x.db', config: { size: 2 } }, ENV);
    expect(opened).toEqual({ config: { path: 'x.db', size: 2 } });
  });

  test('has no short form when the driver has none', async () => {
    const driver = await driverFile('long.mjs', '');
    const refused = openStore({ driver, short: 'x', config: {} }, ENV);
    expect(await refusal(refused)).toBe('the driver "odd" has no short form: write store: {driver: odd, config: {…}}');
  });
});
