import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { testConformance } from './suite.ts';
import { sqliteTarget } from './sqlite-target.ts';

describe('conformance of the SQLite driver', () => {
  let folder: string | undefined;

  // Registered first, so that it runs last: when the suite has closed its files.
  afterAll(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  testConformance(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stategate-sqlite-'));
    return sqliteTarget(folder);
  }, 'sqlite');
});
