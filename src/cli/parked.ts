import type { Driver, KvEntry } from '@stategate/journal-spi';
import { PARKED, type ParkedEvents } from '@stategate/proxy/store';

/** Consumers are few. */
const CONSUMERS_MAX = 1_000;

export async function readParked(
  { keyValue }: Driver,
  namespace: string,
): Promise<readonly { readonly entry: KvEntry & { readonly key: string }; readonly events: ParkedEvents }[]> {
  const entries = await keyValue.list({ namespace, collection: PARKED, limit: CONSUMERS_MAX }, {});
  return entries.map((entry) => ({
    entry,
    events: JSON.parse(Buffer.from(entry.payload).toString()) as ParkedEvents,
  }));
}
