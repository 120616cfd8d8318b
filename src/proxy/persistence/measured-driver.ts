import { type Driver, isStoreError, type Outcome } from '@stategate/journal-spi';

/** Told of each call of a store: how long it took, and of each of its requests `ok` or the code of its error. */
export type StoreObserver = (operation: string, durationMs: number, outcomes: readonly string[]) => void;

/** The same driver; what entities ask of it is measured. */
export function measuredDriver(driver: Driver, observe: StoreObserver): Driver {
  const measured = async <T>(
    operation: string,
    requests: number,
    call: () => Promise<T>,
    toOutcomes: (result: T) => readonly string[],
  ): Promise<T> => {
    const started = performance.now();
    try {
      const result = await call();
      observe(operation, performance.now() - started, toOutcomes(result));
      return result;
    } catch (error) {
      observe(
        operation,
        performance.now() - started,
        Array.from({ length: requests }, () => codeOf(error)),
      );
      throw error;
    }
  };
  const one = <T>(operation: string, call: () => Promise<T>): Promise<T> => measured(operation, 1, call, () => ['ok']);
  const many = <T>(operation: string, requests: number, call: () => Promise<readonly Outcome<T>[]>) =>
    measured(operation, requests, call, (outcomes) =>
      outcomes.map((outcome) => (isStoreError(outcome) ? outcome.code : 'ok')),
    );
  const { journal, snapshots, keyValue } = driver;
  return {
    capabilities: driver.capabilities,
    limits: driver.limits,
    tuning: driver.tuning,
    server: driver.server,
    fences: driver.fences,
    schema: driver.schema,
    ...(driver.feed && { feed: driver.feed }),
    ...(driver.lock && { lock: driver.lock }),
    ...(driver.lease && { lease: driver.lease }),
    health: (options) => driver.health(options),
    close: (options) => driver.close(options),
    journal: {
      append: (request, options) => one('append', () => journal.append(request, options)),
      appendMany: (requests, options) => many('append', requests.length, () => journal.appendMany(requests, options)),
      resolve: (request, options) => one('resolve', () => journal.resolve(request, options)),
      recover: (request, options) => one('recover', () => journal.recover(request, options)),
      recoverMany: (requests, options) =>
        many('recover', requests.length, () => journal.recoverMany(requests, options)),
      read: (stream, query, options) => journal.read(stream, query, options),
      head: (stream, options) => one('head', () => journal.head(stream, options)),
      deleteTo: (stream, sequenceNr, fence, options) =>
        one('delete_to', () => journal.deleteTo(stream, sequenceNr, fence, options)),
      list: (query, options) => one('list', () => journal.list(query, options)),
    },
    snapshots: {
      load: (stream, query, options) => one('load_snapshot', () => snapshots.load(stream, query, options)),
      save: (stream, snapshot, fence, options) =>
        one('save_snapshot', () => snapshots.save(stream, snapshot, fence, options)),
      delete: (stream, query, options) => one('delete_snapshots', () => snapshots.delete(stream, query, options)),
    },
    keyValue: {
      get: (key, options) => one('get', () => keyValue.get(key, options)),
      recover: (key, fence, options) => one('recover_value', () => keyValue.recover(key, fence, options)),
      put: (request, options) => one('put', () => keyValue.put(request, options)),
      delete: (request, options) => one('put', () => keyValue.delete(request, options)),
      putMany: (requests, options) => many('put', requests.length, () => keyValue.putMany(requests, options)),
      list: (query, options) => one('list_values', () => keyValue.list(query, options)),
    },
  };
}

function codeOf(error: unknown): string {
  return isStoreError(error) ? error.code : 'unknown';
}
