import type {
  AppendRequest,
  AppendResult,
  Driver,
  DriverDefinition,
  EventPage,
  FenceStore,
  Journal,
  KeyValueStore,
  OpOptions,
  Outcome,
  RecoverRequest,
  SnapshotStore,
  StreamKey,
} from '@stategate/journal-spi';
import { only } from '@stategate/journal-spi/kit';

/** The in-memory driver with one defect that an author could really make. */
export interface BrokenDriver {
  readonly defect: string;
  /** Id of the conformance case that must fail. */
  readonly caughtBy: string;
  readonly breakIt: (definition: DriverDefinition) => DriverDefinition;
}

export function broken(
  caughtBy: string,
  defect: string,
  breakDriver: (driver: Driver) => Partial<Driver>,
): BrokenDriver {
  return {
    caughtBy,
    defect,
    breakIt: (definition) => ({
      ...definition,
      async open(config, env) {
        const driver = await definition.open(config, env);
        return { ...driver, ...breakDriver(driver) };
      },
    }),
  };
}

export function brokenJournal(caughtBy: string, defect: string, change: (journal: Journal) => Partial<Journal>) {
  return broken(caughtBy, defect, ({ journal }) => ({ journal: { ...journal, ...change(journal) } }));
}

export function brokenSnapshots(
  caughtBy: string,
  defect: string,
  change: (store: SnapshotStore) => Partial<SnapshotStore>,
) {
  return broken(caughtBy, defect, ({ snapshots }) => ({ snapshots: { ...snapshots, ...change(snapshots) } }));
}

export function brokenKeyValue(
  caughtBy: string,
  defect: string,
  change: (store: KeyValueStore) => Partial<KeyValueStore>,
) {
  return broken(caughtBy, defect, ({ keyValue }) => ({ keyValue: { ...keyValue, ...change(keyValue) } }));
}

export function brokenFences(caughtBy: string, defect: string, change: (store: FenceStore) => Partial<FenceStore>) {
  return broken(caughtBy, defect, ({ fences }) => ({ fences: { ...fences, ...change(fences) } }));
}

/** `append` and `appendMany` that treat each request like this, one after the other. */
export function appendEach(each: (request: AppendRequest, options: OpOptions) => Promise<Outcome<AppendResult>>) {
  async function appendMany(requests: readonly AppendRequest[], options: OpOptions) {
    const outcomes: Outcome<AppendResult>[] = [];
    for (const request of requests) outcomes.push(await each(request, options));
    return outcomes;
  }
  return {
    appendMany,
    append: async (request: AppendRequest, options: OpOptions) => only(await appendMany([request], options)),
  };
}

/** `read`, and the pages of `recover`, with every page changed. */
export function changePages(
  journal: Journal,
  change: (page: EventPage, stream: StreamKey) => EventPage,
): Partial<Journal> {
  async function* changed(pages: AsyncIterable<EventPage>, stream: StreamKey) {
    for await (const page of pages) yield change(page, stream);
  }
  const recoverMany = async (requests: readonly RecoverRequest[], options: OpOptions) => {
    const outcomes = await journal.recoverMany(requests, options);
    return outcomes.map((outcome, i) => {
      const request = requests[i];
      if (outcome instanceof Error || request === undefined) return outcome;
      return { ...outcome, pages: changed(outcome.pages, request.stream) };
    });
  };
  return {
    read: (stream, query, options) => changed(journal.read(stream, query, options), stream),
    recoverMany,
    recover: async (request, options) => only(await recoverMany([request], options)),
  };
}

export function streamName({ namespace, persistenceId, entityId }: StreamKey): string {
  return JSON.stringify([namespace, persistenceId, entityId]);
}
