import type { DatabaseSync } from 'node:sqlite';
import type { openDatabase } from './database.ts';
import type { feedOperations } from './feed.ts';
import type { fenceOperations } from './fences.ts';
import type { healthOperations } from './health.ts';
import type { journalOperations } from './journal.ts';
import type { keyValueOperations } from './key-value.ts';
import type { lockOperations } from './lock.ts';
import type { Operation, OperationName, Operations } from './operations.ts';
import type { createPacker, createUnpacker, Packed, Packer } from './packing.ts';
import type { storeSchema } from './schema.ts';
import type { snapshotOperations } from './snapshots.ts';
import type { streamTable } from './streams.ts';

/** What the worker is made of: `worker-source.ts` hands these functions over as text. */
export interface WorkerParts {
  readonly openDatabase: typeof openDatabase;
  readonly storeSchema: typeof storeSchema;
  readonly streamTable: typeof streamTable;
  readonly journalOperations: typeof journalOperations;
  readonly snapshotOperations: typeof snapshotOperations;
  readonly keyValueOperations: typeof keyValueOperations;
  readonly fenceOperations: typeof fenceOperations;
  readonly feedOperations: typeof feedOperations;
  readonly healthOperations: typeof healthOperations;
  readonly lockOperations: typeof lockOperations;
  readonly createPacker: typeof createPacker;
  readonly createUnpacker: typeof createUnpacker;
}

export interface WorkerOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly maxBytes: number | null;
  readonly instanceId: string;
}

/** One message to the worker: `count` requests for one operation, answered together, in one transaction when they write. */
export interface Call extends Packed {
  readonly id: number;
  readonly operation: OperationName | 'close';
  readonly now: number;
  readonly count: number;
}

/** One outcome for each request, in their order. `id` 0 answers the opening. */
export interface Reply extends Packed {
  readonly id: number;
}

/** Where an error came up: only at `commit` may the write have been applied nevertheless. */
export type FailurePhase = 'open' | 'begin' | 'work' | 'commit';

/** The worker's main loop. It ends by `close`, or by an error that is nobody's outcome. */
export function serve(parts: WorkerParts): void {
  const { parentPort: port, workerData } = process.getBuiltinModule('node:worker_threads');
  if (port === null) throw new Error('this runs in a worker');
  const { path, readOnly, maxBytes, instanceId } = workerData as WorkerOptions;
  /** Beyond `maxBytes`, for what makes a full store readable and empty again. */
  const RESERVED_PAGES = 256;
  const FULL = 13;
  const TOO_BIG = 18;

  function reply(id: number, output: Packer): void {
    const packed = output.pack();
    port?.postMessage({ id, ...packed } satisfies Reply, packed.bytes.byteLength > 0 ? [packed.bytes.buffer] : []);
  }

  function addFailure(output: Packer, phase: FailurePhase, error: unknown): void {
    const {
      errcode = 0,
      refusal = '',
      message = String(error),
    } = error as {
      readonly errcode?: number;
      readonly refusal?: string;
      readonly message?: string;
    };
    output.add('failed', phase, errcode & 0xff, refusal, message);
  }

  function open() {
    const schema = parts.storeSchema();
    const database = parts.openDatabase({ path, readOnly }, (opened) => {
      if (schema.current(opened) === 0 && readOnly) throw Object.assign(new Error('it is empty'), { refusal: 'empty' });
    });
    if (!readOnly) schema.migrate(database);
    const streams = parts.streamTable(database);
    const lock = parts.lockOperations(path, instanceId);
    const operations: Operations = {
      ...parts.journalOperations(database, streams),
      ...parts.snapshotOperations(database, streams),
      ...parts.keyValueOperations(database),
      ...parts.fenceOperations(database),
      ...parts.feedOperations(database),
      ...parts.healthOperations(database, { path, readOnly, maxBytes }),
      ...lock,
      schemaVersion: {
        access: 'read',
        prepare: () => (output) => output.add('version', schema.current(database), schema.target),
      },
      schemaStatements: {
        access: 'read',
        prepare: () => (output) => {
          const statements = schema.statements(database);
          output.add('statements', statements.length, ...statements);
        },
      },
      migrate: {
        access: 'read', // It has a transaction of its own.
        prepare: () => (output) => {
          schema.migrate(database);
          output.add('done');
        },
      },
    };
    return { database, operations, lock };
  }

  function groupRunner(database: DatabaseSync) {
    const begin = database.prepare('BEGIN IMMEDIATE');
    const commit = database.prepare('COMMIT');
    const limit = pageLimit(database);

    /** All requests in one transaction. One that does not fit would undo the others': then each gets its own. */
    return function run(
      access: Operation['access'],
      jobs: readonly ((output: Packer) => void)[],
      output: Packer,
    ): void {
      const before = output.size();
      let phase: FailurePhase = 'begin';
      try {
        if (access !== 'read') {
          limit(access === 'upkeep');
          begin.run();
        }
        phase = 'work';
        for (const job of jobs) job(output);
        phase = 'commit';
        if (access !== 'read') commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        output.shrink(before);
        const code = (error as { readonly errcode?: number }).errcode;
        if (jobs.length > 1 && (code === FULL || code === TOO_BIG)) for (const job of jobs) run(access, [job], output);
        else for (const _ of jobs) addFailure(output, phase, error);
      }
    };
  }

  function pageLimit(database: DatabaseSync): (reserve: boolean) => void {
    if (maxBytes === null) return () => {};
    const pages = Math.floor(maxBytes / Number(database.prepare('PRAGMA page_size').get()?.['page_size']));
    let current: boolean | undefined;
    return (reserve) => {
      if (reserve === current) return;
      database.exec(`PRAGMA max_page_count = ${reserve ? pages + RESERVED_PAGES : pages}`);
      current = reserve;
    };
  }

  const opening = parts.createPacker();
  try {
    const { database, operations, lock } = open();
    const run = groupRunner(database);
    const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
    const version = database.prepare('SELECT sqlite_version() AS version').get()?.['version'];
    // Read back after the write of the migration: before a write, some builds still show what they will not do.
    const durable = readOnly || (Number(pragma('synchronous')) >= 2 && pragma('journal_mode') === 'wal');
    opening.add('opened', String(version), durable ? 1 : 0);

    port.on('message', ({ id, operation: name, now, count, fields, bytes }: Call) => {
      if (name === 'close') {
        lock[Symbol.dispose]();
        database.close();
        port.close();
        return;
      }
      const output = parts.createPacker();
      const input = parts.createUnpacker({ fields, bytes });
      const operation = operations[name];
      const jobs = Array.from({ length: count }, () => operation.prepare(input, now));
      run(operation.access, jobs, output);
      reply(id, output);
    });
  } catch (error) {
    opening.shrink({ fields: 0, chunks: 0 });
    addFailure(opening, 'open', error);
  }
  reply(0, opening);
}
