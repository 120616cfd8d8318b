import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import file from '@stategate/example-file-driver/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { afterAll } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { testConformance } from './suite.ts';

const dir = tempDir();
afterAll(() => dir[Symbol.dispose]());

// The example of docs/how-to/write-a-driver.md is a driver like any other.
testConformance(async () => target());

function target(): ConformanceTarget {
  const path = dir.file(`${randomUUID()}.jsonl`);
  return {
    definition: file,
    config: { path },
    hooks: {
      emptyStore: async () => target(),
      raiseSchema: async ({ config }) =>
        appendFileSync(Object(config).path, `${JSON.stringify({ did: 'schema', version: 2 })}\n`),
    },
  };
}
