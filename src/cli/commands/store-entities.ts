import { readNumber } from '../numbers.ts';
import { withStore, type OpenStore } from '../open-store.ts';
import { preview, table } from '../table.ts';

export async function entities(options: Readonly<Record<string, unknown>>): Promise<void> {
  const { persistenceId, values, after } = options;
  const query = {
    limit: readNumber(options, 'limit') ?? 50,
    ...(typeof after === 'string' ? { after: Buffer.from(after, 'base64url').toString() } : {}),
    ...(typeof persistenceId === 'string' ? { persistenceId } : {}),
  };
  await withStore(options, 'read', (store) =>
    typeof values === 'string' ? listValues(store, values, query) : listStreams(store, query),
  );
}

interface Query {
  readonly limit: number;
  readonly after?: string;
  readonly persistenceId?: string;
}

async function listStreams({ driver, config }: OpenStore, query: Query): Promise<void> {
  const { streams, next } = await driver.journal.list({ namespace: config.store.namespace, ...query }, {});
  const rows = [];
  for (const stream of streams) {
    const snapshot = await driver.snapshots.load(stream, {}, {});
    rows.push([stream.persistenceId, stream.entityId, stream.head, snapshot?.sequenceNr ?? 0, stream.epoch]);
  }
  process.stdout.write(table(['PERSISTENCE ID', 'ENTITY ID', 'HEAD', 'SNAPSHOT', 'EPOCH'], rows));
  tellNext(next);
}

async function listValues({ driver, config }: OpenStore, collection: string, { limit, after }: Query): Promise<void> {
  const place = { namespace: config.store.namespace, collection };
  const entries = await driver.keyValue.list({ ...place, limit, ...(after === undefined ? {} : { after }) }, {});
  const rows = entries.map((entry) => [
    entry.key,
    entry.rev,
    entry.epoch,
    entry.manifest,
    entry.payload.length,
    preview(entry.payload),
  ]);
  process.stdout.write(table(['ENTITY ID', 'REVISION', 'EPOCH', 'TYPE', 'BYTES', 'VALUE'], rows));
  tellNext(entries.length === limit ? entries.at(-1)?.key : undefined);
}

/** A cursor may hold any character: encoded it can be pasted. */
function tellNext(next: string | undefined): void {
  if (next === undefined) return;
  process.stdout.write(`(there may be more: --after ${Buffer.from(next).toString('base64url')})\n`);
}
