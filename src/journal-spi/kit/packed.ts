import { crc32 } from 'node:zlib';
import { StoreError } from '../errors.ts';
import type { StoredEvent } from '../journal.ts';
import type { Epoch, Payload, SequenceNr } from '../stream.ts';

const VERSION = 1;
const CHECKSUM_BYTES = 4;

/**
 * The events of one append in one body, for stores that keep an append as one record. First the numbers (LEB128): version, number
 * of events, number of manifests (each kept once), their lengths, and for each event the index of its manifest, the length of its
 * meta + 1 (0 = it has none), the length of its payload. Then the bytes in the same order: manifests, and for each event meta and
 * payload. A CRC-32 of all that ends it.
 */
export function encodePacked(events: readonly Payload[]): Uint8Array {
  const manifests = new Map<string, { readonly index: number; readonly bytes: Uint8Array }>();
  for (const { manifest } of events) {
    if (!manifests.has(manifest)) manifests.set(manifest, { index: manifests.size, bytes: Buffer.from(manifest) });
  }
  const numbers: number[] = [];
  const parts: Uint8Array[] = [];
  for (const value of [VERSION, events.length, manifests.size]) addNumber(numbers, value);
  for (const { bytes } of manifests.values()) {
    addNumber(numbers, bytes.byteLength);
    parts.push(bytes);
  }
  for (const { manifest, meta, payload } of events) {
    addNumber(numbers, manifests.get(manifest)?.index ?? 0);
    addNumber(numbers, meta === undefined ? 0 : meta.byteLength + 1);
    addNumber(numbers, payload.byteLength);
    if (meta !== undefined) parts.push(meta);
    parts.push(payload);
  }
  const packed = Buffer.concat([Uint8Array.from(numbers), ...parts, new Uint8Array(CHECKSUM_BYTES)]);
  const end = packed.byteLength - CHECKSUM_BYTES;
  packed.writeUInt32LE(crc32(packed.subarray(0, end)), end);
  return packed;
}

/**
 * What `encodePacked` made, as events from `first` on. They share the memory of `bytes`. Throws `IntegrityError` for anything
 * else.
 */
export function decodePacked(
  bytes: Uint8Array,
  first: SequenceNr,
  epoch: Epoch,
  at: number,
  what = `the record of event ${first}`,
): StoredEvent[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.byteLength - CHECKSUM_BYTES;
  if (end < 0 || crc32(buffer.subarray(0, end)) !== buffer.readUInt32LE(end))
    throw damaged(what, 'its checksum differs');
  let position = 0;

  function takeNumber(): number {
    let value = 0;
    for (let factor = 1; position < end && factor <= 2 ** 28; factor *= 128) {
      const byte = buffer.readUInt8(position++);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw damaged(what, 'a number in it does not end');
  }
  function takeBytes(length: number): Uint8Array {
    if (length > end - position) throw damaged(what, 'it ends too early');
    position += length;
    return new Uint8Array(buffer.buffer, buffer.byteOffset + position - length, length);
  }

  const version = takeNumber();
  if (version !== VERSION) throw damaged(what, `it has format ${version}, this driver knows ${VERSION}: update it`);
  const count = takeNumber();
  const lengths: number[] = [];
  for (let left = takeNumber(); left > 0; left -= 1) lengths.push(takeNumber());
  const shapes: { readonly manifest: number; readonly meta: number; readonly payload: number }[] = [];
  while (shapes.length < count) {
    shapes.push({ manifest: takeNumber(), meta: takeNumber(), payload: takeNumber() });
  }
  const manifests = lengths.map((length) => Buffer.from(takeBytes(length)).toString());
  const events = shapes.map((shape, index): StoredEvent => {
    const manifest = manifests[shape.manifest];
    if (manifest === undefined) throw damaged(what, 'a manifest is missing');
    const meta = shape.meta === 0 ? {} : { meta: takeBytes(shape.meta - 1) };
    return { manifest, ...meta, payload: takeBytes(shape.payload), sequenceNr: first + index, epoch, at };
  });
  if (position !== end) throw damaged(what, 'it is longer than its events');
  return events;
}

/** A snapshot or a value, which `encodePacked` made of a single payload. */
export function decodeOne(bytes: Uint8Array): Payload {
  const what = 'the record of a snapshot or value';
  const found = decodePacked(bytes, 1, 0, 0, what);
  const [one] = found;
  if (one === undefined || found.length > 1) throw damaged(what, `it holds ${found.length} payloads, not one`);
  const { manifest, payload, meta } = one;
  return meta === undefined ? { manifest, payload } : { manifest, payload, meta };
}

function addNumber(output: number[], value: number): void {
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) output.push((left % 128) + 128);
  output.push(left);
}

function damaged(what: string, why: string): StoreError {
  return new StoreError('IntegrityError', `${what} is damaged: ${why}`);
}
