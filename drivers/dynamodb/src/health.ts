import type { OpOptions } from '@stategate/journal-spi';
import { ALONE, number, partition } from './items.ts';
import type { Table } from './table.ts';

const PROBE = { pk: partition('health'), sk: ALONE };

/** Reads an item of its own, and writes it where writing is allowed. */
export async function probe(table: Table, options: OpOptions): Promise<readonly string[]> {
  await table.calls.run('read', options, async (call) => {
    if (!table.calls.readOnly) await table.put(PROBE, { w: number(table.now()) }, call);
    await table.get(PROBE, call);
  });
  return [];
}
