import { StoreError } from '@stategate/journal-spi';
import type { Payload } from '@stategate/journal-spi';

type Fact = string | number;

/** One string of Redis for a payload: a line of JSON with the manifest, the size of meta and `facts`, then meta, then the payload. */
export function toRecord({ manifest, payload, meta }: Payload, facts: readonly Fact[]): Buffer {
  const line = Buffer.from(`${JSON.stringify([manifest, meta?.byteLength ?? -1, ...facts])}\n`);
  return Buffer.concat(meta === undefined ? [line, payload] : [line, meta, payload]);
}

/** Shares the memory of the record. */
export function fromRecord(record: Buffer): { readonly payload: Payload; readonly facts: readonly Fact[] } {
  const end = record.indexOf('\n') + 1;
  const [manifest, metaBytes, ...facts] = header(record, end);
  if (typeof manifest !== 'string' || typeof metaBytes !== 'number') throw damaged();
  if (metaBytes === -1) return { payload: { manifest, payload: record.subarray(end) }, facts };
  const body = end + metaBytes;
  if (body > record.byteLength) throw damaged();
  return { payload: { manifest, meta: record.subarray(end, body), payload: record.subarray(body) }, facts };
}

function header(record: Buffer, end: number): readonly Fact[] {
  try {
    return JSON.parse(record.toString('utf8', 0, end)) as readonly Fact[];
  } catch {
    throw damaged();
  }
}

function damaged(): StoreError {
  return new StoreError('IntegrityError', 'a record in Redis is damaged, or was not written by this driver');
}
