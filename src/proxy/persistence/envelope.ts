import { type Payload, StoreError } from '@stategate/journal-spi';
import { type google, stategate } from '@stategate/protocol';

/**
 * An `Any` as it is stored: type and bytes verbatim, no meta while nothing is transformed or traced (DESIGN §5, Record).
 * `traceparent`: of the command that caused it.
 */
export function toPayload(any: google.protobuf.Any.$Properties, traceparent?: string): Payload {
  const payload = { manifest: any.typeUrl ?? '', payload: any.value ?? EMPTY };
  return traceparent === undefined ? payload : { ...payload, meta: RecordMeta.encode({ traceparent }).finish() };
}

/** Bytes of the `Any` on the wire, which is what the reference proxy counts. */
export function anyBytes({ typeUrl, value }: google.protobuf.Any.$Properties): number {
  return fieldBytes(Buffer.byteLength(typeUrl ?? '')) + fieldBytes(value?.length ?? 0);
}

/** Key, length and content; an empty field is left out. */
function fieldBytes(length: number): number {
  if (length === 0) return 0;
  let size = 2 + length;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}

/** Throws `IntegrityError` when the record was transformed in a way that this version cannot undo. */
export function fromPayload({ manifest, payload, meta }: Payload): google.protobuf.Any.$Properties {
  if (meta !== undefined) {
    const { encoding } = RecordMeta.decode(meta);
    if (encoding !== '')
      throw new StoreError('IntegrityError', `a record is encoded as "${encoding}", which this version cannot read`);
  }
  return { typeUrl: manifest, value: payload };
}

const { RecordMeta } = stategate.v1;
const EMPTY = new Uint8Array(0);
