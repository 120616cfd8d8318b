import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import sqlite from '@stategate/driver-sqlite/driver';
import { openDatabase } from '../../../drivers/sqlite/src/worker/database.ts';
import { appendRequest, errorOf, openStore, temporaryFolder, texts } from './sqlite-support.ts';

test('a commit waits for the disk: the settings are read back after a write', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { file: opened, pragma } = openDatabase(path, false, () => undefined);
  opened.exec('CREATE TABLE t (a)');
  expect(pragma('synchronous')).toBe(2);
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('fullfsync')).toBe(1);
  opened.close();
  const driver = await openStore({ path: `${path}-2` });
  expect(driver.capabilities.durability).toBe('disk');
});

test('the folder of a new store is created, and the short form is its path', async () => {
  const path = join(temporaryFolder(), 'not', 'there', 'store.db');
  const driver = await openStore(sqlite.shortForm?.(path));
  expect(driver.server).toMatchObject({ product: 'SQLite', location: path });
});

test('a closed store is there when it is opened again', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const first = await openStore({ path });
  await first.journal.append(appendRequest('e-1', 0, 'a', 'b'), {});
  await first.close();
  expect(await texts(await openStore({ path }), 'e-1')).toEqual(['a', 'b']);
});

test('several that open a new file at once all succeed', async () => {
  for (let round = 0; round < 5; round++) {
    const path = join(temporaryFolder(), 'store.db');
    const drivers = await Promise.all(Array.from({ length: 4 }, () => openStore({ path })));
    const versions = await Promise.all(drivers.map((driver) => driver.schema.status({})));
    expect(versions).toEqual(drivers.map(() => ({ current: 1, target: 1 })));
  }
});

interface BadFile {
  readonly name: string;
  /** Prepares it and returns what `path` is set to. */
  readonly make: (folder: string) => string | Promise<string>;
  readonly code: string;
  readonly says: string;
}

function file(folder: string, content: string | Uint8Array): string {
  const path = join(folder, 'store.db');
  writeFileSync(path, content);
  return path;
}

const badFiles: readonly BadFile[] = [
  {
    name: 'a text file',
    make: (folder) => file(folder, 'dear diary\n'.repeat(1000)),
    code: 'ConfigError',
    says: 'is not a SQLite database; name another file in store.config.path, or restore',
  },
  {
    name: 'a short text file',
    make: (folder) => file(folder, 'x'),
    code: 'ConfigError',
    says: 'is not a SQLite database',
  },
  {
    name: 'a damaged store',
    async make(folder) {
      const path = join(folder, 'store.db');
      await (await openStore({ path })).close();
      const content = readFileSync(path);
      return file(folder, content.fill(0x55, 100));
    },
    code: 'IntegrityError',
    says: 'is damaged',
  },
  {
    name: 'a database of another program',
    make(folder) {
      const path = join(folder, 'store.db');
      const database = new DatabaseSync(path);
      database.exec('CREATE TABLE recipes (title TEXT)');
      database.close();
      return path;
    },
    code: 'ConfigError',
    says: 'is not a store: it is a SQLite database of another program; name another file',
  },
  {
    name: 'a store of a newer version',
    async make(folder) {
      const path = join(folder, 'store.db');
      await (await openStore({ path })).close();
      const database = new DatabaseSync(path);
      database.exec('PRAGMA user_version = 99');
      database.close();
      return path;
    },
    code: 'SchemaMismatch',
    says: 'it has schema version 99, this driver knows up to 1; update @stategate/driver-sqlite',
  },
  {
    name: 'a folder',
    make(folder) {
      const path = join(folder, 'store.db');
      mkdirSync(path);
      return path;
    },
    code: 'ConfigError',
    says: 'must name a file, not a folder',
  },
  {
    name: 'a path below a file',
    make: (folder) => join(file(folder, 'x'), 'store.db'),
    code: 'ConfigError',
    says: 'change store.config.path',
  },
];

test.each(badFiles)('$name is refused, untouched, with the path and the way out', async ({ make, code, says }) => {
  const path = await make(temporaryFolder());
  const before = contentOf(path);
  for (const readOnly of [false, true]) {
    const error = await errorOf(openStore({ path }, { readOnly }));
    expect(error.message).toContain(path);
    if (readOnly) continue;
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
  }
  expect(contentOf(path)).toEqual(before);
});

function contentOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

test.each([
  [{ path: '' }, 'path'],
  [{ pfad: 'x' }, 'pfad'],
  [{ maxBytes: 5 }, 'maxBytes'],
  [{ maxBytes: '12 parsecs' }, 'maxBytes'],
])('the configuration %j is refused and names the key', async (config, key) => {
  const error = await errorOf(openStore(config));
  expect(error.code).toBe('ConfigError');
  expect(error.message).toContain(key);
});

test('without writing, a store is read beside its owner, as it is now', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const owner = await openStore({ path });
  await owner.lock?.acquire();
  await owner.journal.append(appendRequest('e-1', 0, 'a'), {});
  const reader = await openStore({ path }, { readOnly: true });
  expect(await texts(reader, 'e-1')).toEqual(['a']);
  await owner.journal.append(appendRequest('e-1', 1, 'b'), {});
  expect(await texts(reader, 'e-1')).toEqual(['a', 'b']);
  expect((await reader.journal.list({ namespace: 'default', limit: 10 }, {})).streams).toHaveLength(1);

  const writes = [
    () => reader.journal.append(appendRequest('e-1', 2, 'c'), {}),
    () => reader.journal.recover({ ...appendRequest('e-9', 0), snapshot: true, page: reader.tuning.page }, {}),
    () => reader.fences.claim('default', 'all', 'reader', {}),
    async () => reader.lock?.acquire(),
  ];
  for (const write of writes) {
    expect(await errorOf(write())).toMatchObject({
      code: 'Unsupported',
      message: expect.stringContaining(path) as unknown,
    });
  }
  expect(await texts(owner, 'e-1')).toEqual(['a', 'b']);
});

test('without writing, a store that is not there is refused and not made', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const error = await errorOf(openStore({ path }, { readOnly: true }));
  expect(error.message).toBe(`there is no store at ${path}: is store.config.path right?`);
  expect(contentOf(path)).toBeUndefined();
});
