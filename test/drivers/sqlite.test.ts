import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe } from 'vitest';
import sqlite from '@stategate/driver-sqlite/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { testConformance } from './suite.ts';

describe('conformance of the sqlite driver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stategate-sqlite-conformance-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let stores = 0;

  function newTarget(): ConformanceTarget & { readonly config: { readonly path: string } } {
    stores += 1;
    return {
      definition: sqlite,
      config: { path: join(folder, `store-${stores}.db`) },
      hooks: { emptyStore: async () => newTarget(), raiseSchema },
    };
  }

  async function raiseSchema(store: ConformanceTarget): Promise<void> {
    const { path } = store.config as { readonly path: string };
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 1000');
    database.close();
  }

  testConformance(async () => newTarget());
});
