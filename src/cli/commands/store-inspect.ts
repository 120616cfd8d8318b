import type { Driver } from '@stategate/journal-spi';
import { withStore } from '../open-store.ts';
import { storeFacts } from '../store-facts.ts';
import { table } from '../table.ts';

const PAGE = 1_000;
/** Counting more would read for minutes. */
const COUNT_MAX = 100_000;

export async function inspect(options: Readonly<Record<string, unknown>>): Promise<void> {
  await withStore(options, 'read', async ({ driver, config }) => {
    process.stdout.write(await storeFacts(driver));
    process.stdout.write(`${'namespace'.padEnd(19)}${config.store.namespace}\n`);

    const { counts, complete } = await countStreams(driver, config.store.namespace);
    const rows = [...counts].map(([persistenceId, { entities, events }]) => [persistenceId, entities, events]);
    process.stdout.write(`\n${table(['PERSISTENCE ID', 'ENTITIES', 'EVENTS'], rows)}`);
    if (!complete) process.stdout.write(`(counted the first ${COUNT_MAX} entities)\n`);
  });
}

interface Count {
  entities: number;
  events: number;
}

async function countStreams(
  { journal }: Driver,
  namespace: string,
): Promise<{ counts: ReadonlyMap<string, Count>; complete: boolean }> {
  const counts = new Map<string, Count>();
  let after: string | undefined;
  for (let seen = 0; seen < COUNT_MAX; seen += PAGE) {
    const { streams, next } = await journal.list(
      { namespace, limit: PAGE, ...(after === undefined ? {} : { after }) },
      {},
    );
    for (const { persistenceId, head, deletedTo } of streams) {
      const count = counts.get(persistenceId) ?? { entities: 0, events: 0 };
      counts.set(persistenceId, { entities: count.entities + 1, events: count.events + head - deletedTo });
    }
    if (next === undefined) return { counts, complete: true };
    after = next;
  }
  return { counts, complete: false };
}
