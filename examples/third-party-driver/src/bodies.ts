import { StoreError, type Epoch, type Payload, type SequenceNr, type Token } from '@stategate/journal-spi';
import { encodePacked, type PackedRecord } from '@stategate/journal-spi/kit';
import { lastOf } from './keys.ts';
import type { KeyValue } from './messages.ts';

/** A value of etcd: a line of JSON with facts, then payloads as the kit packs them. */
export function toBody(facts: object, payloads: readonly Payload[]): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(facts)}\n`), encodePacked(payloads)]);
}

export function fromBody(value: Buffer): { readonly facts: unknown; readonly body: Buffer } {
  const end = value.indexOf('\n');
  try {
    return { facts: JSON.parse(value.toString('utf8', 0, end)), body: value.subarray(end + 1) };
  } catch (cause) {
    throw new StoreError('IntegrityError', 'a value in etcd was not written by this driver, or is damaged', { cause });
  }
}

/** What the value of a record says before its events; the key has its last one. */
export interface RecordFacts {
  readonly first: SequenceNr;
  readonly epoch: Epoch;
  readonly at: number;
  readonly token: Token;
}

/** One append, as it is stored. */
export function toRecord({ key, value }: KeyValue): PackedRecord & RecordFacts {
  const { facts, body } = fromBody(value);
  return { ...(facts as RecordFacts), last: lastOf(key), body };
}

/** The value of a stream's head; that of a stream that nobody wrote or sealed is zero. */
export function headOf(found: KeyValue | undefined): { readonly head: number; readonly epoch: Epoch } {
  const [head = 0, epoch = 0] = found?.value.toString().split(' ').map(Number) ?? [];
  return { head, epoch };
}
