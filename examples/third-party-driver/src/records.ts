import type { Epoch, SequenceNr, Token } from '@stategate/journal-spi';
import type { PackedRecord } from '@stategate/journal-spi/kit';
import { fromBody } from './bodies.ts';
import { numberOf } from './keys.ts';
import type { KeyValue } from './messages.ts';

/** What the value of a record says before its events; the key has its last one. */
export interface RecordFacts {
  readonly first: SequenceNr;
  readonly epoch: Epoch;
  readonly at: number;
  readonly token: Token;
}

/** One append, as it is stored. */
export function toRecord({ key, value }: KeyValue): PackedRecord & { readonly token: Token } {
  const { facts, packed } = fromBody(value);
  return { ...(facts as RecordFacts), last: numberOf(key), body: packed };
}
