import { type Payload, StoreError } from '@stategate/journal-spi';
import { type google, stategate } from '@stategate/protocol';

/** An `Any` as it is stored: type and bytes verbatim, no meta while nothing is transformed (DESIGN §5, Record). */
export function toPayload(any: google.protobuf.Any.$Properties): Payload {
  return { manifest: any.typeUrl ?? '', payload: any.value ?? EMPTY };
}

/** Throws `IntegrityError` when the record was transformed in a way that this version cannot undo. */
export function fromPayload({ manifest, payload, meta }: Payload): google.protobuf.Any.$Properties {
  if (meta !== undefined) {
    const { encoding } = stategate.v1.RecordMeta.decode(meta);
    if (encoding !== '')
      throw new StoreError('IntegrityError', `a record is encoded as "${encoding}", which this version cannot read`);
  }
  return { typeUrl: manifest, value: payload };
}

const EMPTY = new Uint8Array(0);
