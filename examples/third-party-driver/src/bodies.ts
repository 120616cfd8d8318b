import { StoreError, type Payload } from '@stategate/journal-spi';
import { decodePacked, encodePacked } from '@stategate/journal-spi/kit';

/** A value of etcd: a line of JSON with facts, then payloads as the kit packs them. */
export function toBody(facts: object, payloads: readonly Payload[]): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(facts)}\n`), encodePacked(payloads)]);
}

export function fromBody(body: Buffer): { readonly facts: unknown; readonly packed: Buffer } {
  const end = body.indexOf('\n');
  try {
    return { facts: JSON.parse(body.toString('utf8', 0, end)), packed: body.subarray(end + 1) };
  } catch (cause) {
    throw new StoreError('IntegrityError', 'a value in etcd was not written by this driver, or is damaged', { cause });
  }
}

/** Of a body with one payload. */
export function payloadOf(packed: Buffer): Payload {
  const [event] = decodePacked(packed, 1, 0, 0);
  if (event === undefined) throw new StoreError('IntegrityError', 'a value in etcd holds no payload');
  const { manifest, payload, meta } = event;
  return { manifest, payload, ...(meta !== undefined && { meta }) };
}
