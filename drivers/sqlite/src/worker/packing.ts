import type { Payload } from '@stategate/journal-spi';

/** Everything of one message: its numbers and strings in a row, and all its bytes in one buffer, which changes threads without a copy. */
export interface Packed {
  readonly fields: readonly Field[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Field = string | number;

export interface Packer {
  add(...values: Field[]): void;
  addPayload(value: {
    readonly manifest: string;
    readonly payload: Uint8Array;
    readonly meta?: Uint8Array | null;
  }): void;
  /** Forgets what was added since: `size` of then. */
  shrink(size: PackedSize): void;
  size(): PackedSize;
  pack(): Packed;
}

export interface PackedSize {
  readonly fields: number;
  readonly chunks: number;
}

export interface Unpacker {
  text(): string;
  number(): number;
  payload(): Payload;
}

/**
 * Nested objects would cost four times as much on their way between the threads, and a small view into a large buffer would
 * take the whole buffer along. Both ends use this file: the worker gets it as source text, so nothing here refers to anything
 * outside of its function.
 */
export function createPacker(): Packer {
  const fields: Field[] = [];
  const chunks: Uint8Array[] = [];

  return {
    add(...values) {
      fields.push(...values);
    },
    addPayload({ manifest, payload, meta }) {
      fields.push(manifest, payload.byteLength, meta?.byteLength ?? -1);
      chunks.push(payload);
      if (meta) chunks.push(meta);
    },
    size: () => ({ fields: fields.length, chunks: chunks.length }),
    shrink(size) {
      fields.length = size.fields;
      chunks.length = size.chunks;
    },
    pack() {
      const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
      let offset = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, offset);
        offset += chunk.byteLength;
      }
      return { fields, bytes };
    },
  };
}

/** Reads in the order in which it was packed. The payloads are views of the message's one buffer. */
export function createUnpacker({ fields, bytes }: Packed): Unpacker {
  let nextField = 0;
  let nextByte = 0;

  function text(): string {
    const field = fields[nextField++];
    if (typeof field !== 'string') throw new TypeError(`expected a string in field ${nextField}, not ${field}`);
    return field;
  }

  function number(): number {
    const field = fields[nextField++];
    if (typeof field !== 'number') throw new TypeError(`expected a number in field ${nextField}, not ${field}`);
    return field;
  }

  function take(length: number): Uint8Array {
    nextByte += length;
    return bytes.subarray(nextByte - length, nextByte);
  }

  return {
    text,
    number,
    payload() {
      const manifest = text();
      const payloadLength = number();
      const metaLength = number();
      const payload = take(payloadLength);
      return metaLength < 0 ? { manifest, payload } : { manifest, payload, meta: take(metaLength) };
    },
  };
}
