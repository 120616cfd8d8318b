/** What can go from one thread to the other. */
export type Value = string | number | null | Uint8Array | readonly Value[];

/** Values in a row, and all their bytes in one buffer, which changes threads without a copy. `true`: bytes, `false`: a list; then its length. */
export interface Packed {
  readonly fields: readonly (string | number | boolean | null)[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Nested objects would cost four times as much on their way between the threads, and a small view into a large buffer would
 * take the whole buffer along.
 */
export function pack(values: readonly Value[]): Packed {
  const fields: (string | number | boolean | null)[] = [];
  const chunks: Uint8Array[] = [];
  let size = 0;

  function add(list: readonly Value[]): void {
    fields.push(list.length);
    for (const value of list) {
      if (value === null || typeof value !== 'object') {
        fields.push(value);
      } else if (ArrayBuffer.isView(value)) {
        fields.push(true, value.byteLength);
        chunks.push(value);
        size += value.byteLength;
      } else {
        fields.push(false);
        add(value);
      }
    }
  }

  add(values);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return { fields, bytes };
}

/** What `pack` was given. Its bytes are views of the one buffer. */
export function unpack({ fields, bytes }: Packed): Value[] {
  let next = 0;
  let offset = 0;

  function take(): Value[] {
    const list: Value[] = [];
    for (let left = Number(fields[next++]); left > 0; left -= 1) {
      const field = fields[next++] ?? null;
      if (field === true) {
        const start = offset;
        offset += Number(fields[next++]);
        list.push(bytes.subarray(start, offset));
      } else {
        list.push(field === false ? take() : field);
      }
    }
    return list;
  }

  return take();
}
