import type { Payload } from '@stategate/journal-spi';
import { toText } from './names.ts';

/** Arrays as parameters, in the binary form of the protocol: the client library would write bytes as text, twice as long. */

const INT8 = 20;
const TEXT = 25;
const BYTEA = 17;
const HEADER_BYTES = 20;

export function int8Array(values: readonly number[]): Buffer {
  const array = header(INT8, values.length, false, HEADER_BYTES + 12 * values.length);
  const view = new DataView(array.buffer, array.byteOffset);
  let at = HEADER_BYTES;
  for (const value of values) {
    view.setInt32(at, 8);
    view.setUint32(at + 4, Math.floor(value / 2 ** 32));
    view.setUint32(at + 8, value % 2 ** 32);
    at += 12;
  }
  return array;
}

export function textArray(values: readonly string[]): Buffer {
  const sizes = values.map((value) => Buffer.byteLength(value));
  const array = header(TEXT, values.length, false, bytesOf(sizes));
  let at = HEADER_BYTES;
  for (const value of values) {
    const written = array.write(value, at + 4);
    array.writeInt32BE(written, at);
    at += 4 + written;
  }
  return array;
}

export function byteaArray(values: readonly (Uint8Array | null)[]): Buffer {
  const sizes = values.map((value) => value?.byteLength ?? 0);
  const array = header(BYTEA, values.length, values.includes(null), bytesOf(sizes));
  let at = HEADER_BYTES;
  for (const value of values) {
    at = array.writeInt32BE(value?.byteLength ?? -1, at);
    if (value === null) continue;
    array.set(value, at);
    at += value.byteLength;
  }
  return array;
}

/** Manifests, payloads, metas; of null there is only an empty manifest. */
export function payloadArrays(payloads: readonly (Payload | null)[]): readonly Buffer[] {
  return [
    textArray(payloads.map((each) => toText(each?.manifest ?? ''))),
    byteaArray(payloads.map((each) => each?.payload ?? null)),
    byteaArray(payloads.map((each) => each?.meta ?? null)),
  ];
}

function bytesOf(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + 4 + size, HEADER_BYTES);
}

/** One dimension, counted from 1. */
function header(type: number, length: number, hasNulls: boolean, bytes: number): Buffer {
  const array = Buffer.allocUnsafe(bytes);
  for (const [n, field] of [1, hasNulls ? 1 : 0, type, length, 1].entries()) array.writeInt32BE(field, 4 * n);
  return array;
}
