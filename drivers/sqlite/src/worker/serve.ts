import type { WorkerParts } from '../worker-source.ts';
import type { OperationName, Operations } from './operations.ts';
import type { Packed, Value } from './packing.ts';

export interface WorkerOptions {
  readonly path: string;
  readonly readOnly: boolean;
  readonly maxBytes: number | null;
  readonly instanceId: string;
}

/** One message to the worker: requests for one operation, which are served together. */
export interface Ask extends Packed {
  readonly operation: OperationName;
  readonly now: number;
  /** Whether in a transaction. */
  readonly writes: boolean;
}

/** One answer for each request, or why there are none. Messages are answered in their order, and before all of them the opening. */
export type Reply = Packed | { readonly failure: Failure };

export interface Failure {
  /** Where it came up: only at `commit` may the write have been applied nevertheless. */
  readonly phase: 'open' | 'begin' | 'work' | 'commit';
  /** SQLite's primary result code, 0 when it was not SQLite's. */
  readonly code: number;
  /** Why the file itself was turned down when it was opened. */
  readonly refusal: string;
  readonly message: string;
}

/** The worker's main loop. It ends by the message null, or by an error that is nobody's answer. */
export function serve(parts: WorkerParts): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  if (parentPort === null) throw new Error('this runs in a worker');
  const port = parentPort;
  const options = workerData as WorkerOptions;
  const { path, readOnly, maxBytes } = options;
  /** Beyond `maxBytes`, for what makes a full store readable and empty again: everything but these. */
  const RESERVED_PAGES = 256;
  const GROWING: readonly OperationName[] = ['append', 'put', 'saveSnapshot'];
  let phase: Failure['phase'] = 'open';

  function answer(work: () => readonly Value[]): void {
    try {
      const packed = parts.pack(work());
      port.postMessage(packed satisfies Reply, [packed.bytes.buffer]);
    } catch (error) {
      const { errcode = 0, refusal = '', message = String(error) } = error as Partial<Failure & { errcode: number }>;
      port.postMessage({ failure: { phase, code: errcode & 0xff, refusal, message } } satisfies Reply);
    }
  }

  answer(() => {
    const schema = parts.storeSchema();
    const database = parts.openDatabase(path, readOnly, (opened) => {
      if (schema.current(opened) === 0 && readOnly) throw Object.assign(new Error('it is empty'), { refusal: 'empty' });
    });
    if (!readOnly) schema.migrate(database);
    const { file, prepare, pragma } = database;
    const streams = parts.streamTable(database);
    const operations: Operations = {
      ...parts.journalOperations(database, streams),
      ...parts.snapshotOperations(database, streams),
      ...parts.keyValueOperations(database),
      ...parts.fenceOperations(database),
      ...parts.feedOperations(database),
      ...parts.healthOperations(database, options),
      ...parts.lockOperations(options),
      schemaVersion: () => schema.current(database),
    };
    const begin = prepare('BEGIN IMMEDIATE');
    const commit = prepare('COMMIT');
    const pages = Math.floor((maxBytes ?? Infinity) / Number(pragma('page_size')));
    let limit = Infinity;

    function limitTo(most: number): void {
      if (most !== limit) pragma(`max_page_count = ${most}`);
      limit = most;
    }

    /** All requests in one transaction. */
    function run({ operation, writes, now, ...packed }: Ask): readonly Value[] {
      const work = operations[operation] as (request: never, now: number) => Value;
      phase = 'begin';
      try {
        if (writes) {
          limitTo(GROWING.includes(operation) ? pages : pages + RESERVED_PAGES);
          begin.run();
        }
        phase = 'work';
        const answers = parts.unpack(packed).map((request) => work(request as never, now));
        phase = 'commit';
        if (writes) commit.run();
        return answers;
      } catch (error) {
        if (file.isTransaction) file.exec('ROLLBACK');
        throw error;
      }
    }

    port.on('message', (ask: Ask | null) => {
      if (ask !== null) return answer(() => run(ask));
      operations.unlock();
      file.close();
      port.close();
    });
    const version = prepare<readonly [string]>('SELECT sqlite_version()').get()?.[0] ?? '';
    // Read back after the write of the migration: before a write, some builds still show what they will not do.
    return [version, pragma('synchronous'), pragma('journal_mode')];
  });
}
