import { decodePacked, encodePacked, packedFetch, readPages } from '@stategate/journal-spi/kit';
import type { PackedRecord, RecordFetch } from '@stategate/journal-spi/kit';
import { isStoreError } from '@stategate/journal-spi';
import type { Payload, StoredEvent } from '@stategate/journal-spi';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const bytes = fc.uint8Array({ maxLength: 300 });
const payloads: fc.Arbitrary<Payload> = fc.record(
  { manifest: fc.string({ unit: 'grapheme', maxLength: 40 }), payload: bytes, meta: bytes },
  { requiredKeys: ['manifest', 'payload'], noNullPrototype: true },
);

/** The code of the `StoreError` that `work` throws; undefined when it does not throw. */
function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error.code;
    throw error;
  }
}

/** The same body with a checksum that fits. */
function sealed(body: readonly number[]): Uint8Array {
  const packed = Buffer.from([...body, 0, 0, 0, 0]);
  packed.writeUInt32LE(crc32(packed.subarray(0, -4)), body.length);
  return packed;
}

describe('a packed record', () => {
  it('gives back the events that were put in, numbered from the first on', () => {
    fc.assert(
      fc.property(fc.array(payloads, { maxLength: 20 }), fc.nat(), (events, first) => {
        const expected = events.map((event, index) => ({ ...event, sequenceNr: first + index, epoch: 7, at: 9 }));
        expect(decodePacked(encodePacked(events), first, 7, 9)).toStrictEqual(expected);
      }),
    );
  });

  it('keeps absent and empty meta apart, and lengths of several bytes', () => {
    const large = new Uint8Array(70_000).fill(3);
    const events = [
      { manifest: 'm', payload: large },
      { manifest: 'm', payload: new Uint8Array(), meta: new Uint8Array() },
      { manifest: '', payload: new Uint8Array(1), meta: large },
    ];
    const decoded = decodePacked(encodePacked(events), 1, 1, 1);
    expect(decoded.map((event) => 'meta' in event)).toEqual([false, true, true]);
    expect(decoded).toEqual(events.map((event, index) => expect.objectContaining({ ...event, sequenceNr: index + 1 })));
  });

  it('keeps a manifest once', () => {
    const manifest = 'x'.repeat(500);
    const events = Array.from({ length: 100 }, () => ({ manifest, payload: new Uint8Array(1) }));
    expect(encodePacked(events).byteLength).toBeLessThan(500 + 100 * 5 + 20);
  });

  it('reads a body that lies within a larger buffer', () => {
    const packed = encodePacked([{ manifest: 'm', payload: Uint8Array.of(1, 2) }]);
    const around = new Uint8Array(packed.byteLength + 10);
    around.set(packed, 5);
    const [event] = decodePacked(around.subarray(5, 5 + packed.byteLength), 1, 1, 1);
    expect(event?.payload).toStrictEqual(Uint8Array.of(1, 2));
  });

  it('is refused when a byte of it changed', () => {
    fc.assert(
      fc.property(
        fc.array(payloads, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (events, place, change) => {
          const packed = encodePacked(events);
          const at = place % packed.byteLength;
          packed[at] = (packed[at] ?? 0) ^ change;
          expect(codeOf(() => decodePacked(packed, 1, 1, 1))).toBe('IntegrityError');
        },
      ),
    );
  });

  it('is refused when it was cut off or made longer', () => {
    const packed = encodePacked([{ manifest: 'm', payload: new Uint8Array(20) }]);
    for (let length = 0; length < packed.byteLength; length += 1) {
      expect(codeOf(() => decodePacked(packed.subarray(0, length), 1, 1, 1))).toBe('IntegrityError');
    }
    expect(codeOf(() => decodePacked(Buffer.concat([packed, Buffer.of(0)]), 1, 1, 1))).toBe('IntegrityError');
  });

  it('never fails otherwise, whatever the bytes are, the checksum being right', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { maxLength: 40 }), (body) => {
        expect(codeOf(() => decodePacked(sealed(body), 1, 1, 1))).toBeOneOf([undefined, 'IntegrityError']);
        expect(codeOf(() => decodePacked(sealed([1, ...body]), 1, 1, 1))).toBeOneOf([undefined, 'IntegrityError']);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['of another format', [2, 0, 0]],
    ['with a number that does not end', [1, 255, 255, 255, 255, 255, 255]],
    ['with a manifest that is missing', [1, 1, 0, 0, 0, 0]],
    ['with more events than bytes', [1, 200, 1, 0]],
    ['with a payload that is too short', [1, 1, 1, 0, 0, 0, 9, 1]],
    ['with bytes that belong to nothing', [1, 0, 0, 5]],
  ])('is refused %s', (_, body) => {
    expect(codeOf(() => decodePacked(sealed(body), 1, 1, 1))).toBe('IntegrityError');
  });
});

describe('pages of packed records', () => {
  /** Records with so many events each, whose payloads have one byte. */
  function recordsOf(sizes: readonly number[]): readonly PackedRecord[] {
    let first = 1;
    return sizes.map((size) => {
      const events = Array.from({ length: size }, () => ({ manifest: 'm', payload: new Uint8Array(1) }));
      const record = { first, last: first + size - 1, epoch: 1, at: 1, body: encodePacked(events) };
      first += size;
      return record;
    });
  }

  /** As a store would answer: from the record with `from` in it, at most `most` of them. */
  function fetchOf(records: readonly PackedRecord[], most: number): RecordFetch {
    return async ({ from, backward }) =>
      (backward ? records.toReversed() : records)
        .filter(({ first, last }) => (backward ? first <= from : last >= from))
        .slice(0, most);
  }

  it('hold every event of the range once, in order, within their bounds', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    const bound = fc.integer({ min: 1, max: 12 });
    const range = fc.tuple(fc.nat(60), fc.nat(60), fc.boolean());
    await fc.assert(
      fc.asyncProperty(sizes, bound, bound, bound, range, async (lengths, most, events, size, [from, to, backward]) => {
        const head = lengths.reduce((sum, length) => sum + length, 0);
        const query = {
          from,
          to,
          direction: backward ? 'backward' : 'forward',
          page: { events, bytes: size },
        } as const;
        const fetch = packedFetch(fetchOf(recordsOf(lengths), most));
        const read: StoredEvent[] = [];
        for await (const page of readPages(query, query.page, async () => ({ head, deletedTo: 0 }), fetch, {})) {
          expect(page.events.length).toBeLessThanOrEqual(events);
          // Two bytes for each event: its manifest and its payload.
          expect(page.events.length * 2).toBeLessThanOrEqual(Math.max(size, 2));
          read.push(...page.events);
        }
        const wanted = Array.from({ length: head }, (_, index) => index + 1).filter((n) => n >= from && n <= to);
        expect(read.map(({ sequenceNr }) => sequenceNr)).toEqual(backward ? wanted.toReversed() : wanted);
      }),
    );
  });

  it('ask the store once for what one answer holds', async () => {
    let asked = 0;
    const records = fetchOf(recordsOf([5, 5, 5]), 9);
    const fetch = packedFetch((range) => {
      asked += 1;
      return records(range);
    });
    const page = { events: 2, bytes: 1000 };
    for await (const _ of readPages({}, page, async () => ({ head: 15, deletedTo: 0 }), fetch, {}));
    expect(asked).toBe(1);
  });

  it('refuse a record that holds another number of events than it says', async () => {
    const [record] = recordsOf([3]);
    if (record === undefined) throw new Error('there is a record');
    const fetch = packedFetch(async () => [{ ...record, last: 4 }]);
    await expect(fetch({ from: 1, to: 4, backward: false, events: 9, bytes: 99 })).rejects.toMatchObject({
      code: 'IntegrityError',
    });
  });
});
