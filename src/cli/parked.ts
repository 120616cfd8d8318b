import type { Driver, KvEntry } from '@stategate/journal-spi';

/** Where consumers keep what they could not take: one entry for each event log and group. */
export const PARKED = '$parked';

export interface ParkedEvents {
  readonly eventLog: string;
  readonly group: string;
  readonly parked: readonly {
    readonly entityId: string;
    readonly sequenceNr: number;
    readonly type: string;
    readonly reason: string;
    readonly tries: number;
    readonly at: number;
  }[];
}

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
