import type { Payload } from '@stategate/journal-spi';
import { toText } from './names.ts';

/** Arrays as parameters, in the binary form of the protocol: the client library would write bytes as text, twice as long. */

const INT8 = 20;
const TEXT = 25;
const BYTEA = 17;
const HEADER_BYTES = 20;

export function int8Array(values: readonly number[]): Buffer {
  const array = header(INT8, values.length, false, HEADER_BYTES + 12 * values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    array.writeInt32BE(8, at);
    array.writeUInt32BE(Math.floor(value / 2 ** 32), at + 4);
    array.writeUInt32BE(value % 2 ** 32, at + 8);
    at += 12;
  }
  return array;
}

export function textArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(
    TEXT,
    values.map((value) => (value === null ? null : Buffer.from(value))),
  );
}

export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  return arrayOf(BYTEA, values);
}

/** Manifests, payloads, metas; all empty for null, but the payload. */
export function payloadArrays(payloads: readonly (Payload | null)[]): readonly Buffer[] {
  return [
    textArray(payloads.map((each) => toText(each?.manifest ?? ''))),
    byteaArray(payloads.map((each) => each?.payload ?? null)),
    byteaArray(payloads.map((each) => each?.meta ?? null)),
  ];
}

function arrayOf(type: number, values: readonly (Uint8Array | null)[]): Buffer {
  const bytes = values.reduce((sum, value) => sum + 4 + (value?.byteLength ?? 0), HEADER_BYTES);
  const array = header(type, values.length, values.includes(null), bytes);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = array.writeInt32BE(value?.byteLength ?? -1, at);
    if (value === null) continue;
    array.set(value, at);
    at += value.byteLength;
  }
  return array;
}

/** One dimension, counted from 1. */
function header(type: number, length: number, hasNulls: boolean, bytes: number): Buffer {
  const array = Buffer.allocUnsafe(bytes);
  const fields = [1, hasNulls ? 1 : 0, type, length, 1];
  for (const [n, field] of fields.entries()) array.writeInt32BE(field, 4 * n);
  return array;
}
