import { openDatabase } from './worker/database.ts';
import { feedOperations } from './worker/feed.ts';
import { fenceOperations } from './worker/fences.ts';
import { healthOperations } from './worker/health.ts';
import { journalOperations } from './worker/journal.ts';
import { keyValueOperations } from './worker/key-value.ts';
import { lockOperations } from './worker/lock.ts';
import { pack, unpack } from './worker/packing.ts';
import { storeSchema } from './worker/schema.ts';
import { serve } from './worker/serve.ts';
import { snapshotOperations } from './worker/snapshots.ts';
import { streamTable } from './worker/streams.ts';

const parts = {
  openDatabase,
  storeSchema,
  streamTable,
  journalOperations,
  snapshotOperations,
  keyValueOperations,
  fenceOperations,
  feedOperations,
  healthOperations,
  lockOperations,
  pack,
  unpack,
};

/** What `serve` is made of. */
export type WorkerParts = typeof parts;

/**
 * The worker as source text, so that it needs no file: inside a single binary there is none. Each function of `worker/` refers
 * to nothing but its parameters and what Node gives everybody, and is checked and read like any other code. Bundlers may
 * minify them, but must not add helpers to them (esbuild's `keepNames` does).
 */
export function workerSource(): string {
  const texts = Object.entries(parts).map(([name, part]) => `${name}: ${String(part)}`);
  return `(${String(serve)})({\n${texts.join(',\n')}\n});`;
}
