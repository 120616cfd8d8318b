import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Writer } from 'protobufjs';
import { frame, frameAs } from '../../src/proxy/transport/grpc-framing.ts';
import { loadProto } from '../support/probe.ts';

export const FUZZ_PROTO = readFileSync(join(import.meta.dirname, 'fuzz.proto'), 'utf8');
const ASK = loadProto('test/fuzz', 'fuzz.proto').lookupType('fuzz.Ask');

export const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

/** Names that objects have from their prototype come to every place where a name can stand. */
export const word = fc.oneof(
  fc.constantFrom('', 'a', 'id', 'number', 'inner', 'constructor', '__proto__', 'toString', 'x-bin', 'grpc-status'),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const edit = fc.record({
  how: fc.constantFrom('flip', 'insert', 'remove', 'repeat', 'cut' as const),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  piece: fc.uint8Array({ minLength: 1, maxLength: 6 }),
});

/** The bytes with up to four small changes. */
export function mutated(original: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  return fc.tuple(original, fc.array(edit, { maxLength: 4 })).map(([start, edits]) => {
    let changed = Buffer.from(start);
    for (const { how, at, piece } of edits) {
      const index = Math.floor(at * changed.length);
      const [head, tail] = [changed.subarray(0, index), changed.subarray(index)];
      if (how === 'cut') changed = Buffer.from(head);
      else if (how === 'insert') changed = Buffer.concat([head, piece, tail]);
      else if (how === 'remove') changed = Buffer.concat([head, tail.subarray(piece.length)]);
      else if (how === 'repeat') changed = Buffer.concat([head, tail.subarray(0, 20), tail]);
      else changed = Buffer.concat([head, piece, tail.subarray(piece.length)]);
    }
    return changed;
  });
}

/** What handlers never answer, but in streams of replies: those only the caller's deadline ends. */
export const ENDLESS = 9;

/** A message as plain JSON, mostly right. */
const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') }, word);
const number = fc.oneof(fc.constantFrom(0, 1, 7, 8), fc.integer({ min: 10 }));
export const ask = fc.record(
  {
    id,
    // Seldom: it takes its time.
    number: fc.oneof({ weight: 300, arbitrary: number }, { weight: 1, arbitrary: fc.constant(ENDLESS) }),
    big: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
    real: fc.double({ noNaN: true, noDefaultInfinity: true }),
    flag: fc.boolean(),
    data: bytes.map((value) => value.toString('base64')),
    colour: fc.constantFrom('RED', 'GREEN', 1, 5),
    inner: fc.record({ text: word, number: fc.integer() }, { requiredKeys: [], noNullPrototype: true }),
    many: fc.array(word, { maxLength: 3 }),
    counts: fc.dictionary(word, fc.integer(), { maxKeys: 2, noNullPrototype: true }),
    at: fc.constantFrom('2020-02-29T23:59:59.999999999Z', '0001-01-01T00:00:00Z'),
    left: word,
    wrapped: word,
  },
  { requiredKeys: ['id'], noNullPrototype: true },
);

/** From what is usual to what no stack holds. */
const DEPTHS = [10, 99, 101, 1_000, 10_000];

/** An `inner` in an `inner`, and so on. */
function nested(depth: number): Buffer {
  const lengths = [0];
  for (let level = 1; level < depth; level += 1) {
    const inner = lengths[level - 1] ?? 0;
    lengths.push(inner + 1 + Writer.create().uint32(inner).finish().length);
  }
  const writer = Writer.create();
  for (const [index, length] of lengths.toReversed().entries()) writer.uint32(index === 0 ? 0x42 : 0x1a).uint32(length);
  return Buffer.from(writer.finish());
}
const deepMessage = fc.constantFrom(...DEPTHS.flatMap((depth) => [nested(depth), Buffer.alloc(depth, 0x0b)]));
const deepJson = fc.constantFrom(
  ...DEPTHS.flatMap((depth) => ['{"inner":'.repeat(depth), `${'{"inner":'.repeat(depth)}{}${'}'.repeat(depth)}`]),
);
const validMessage = ask.map(({ at: _at, wrapped, data, ...rest }) => {
  const more = wrapped === undefined ? {} : { wrapped: { value: wrapped } };
  return ASK.encode(ASK.fromObject({ ...rest, ...more, data: Buffer.from(data ?? '', 'base64') })).finish();
});

/** The payload of a message, right, nearly right or noise. */
export const message: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 10, arbitrary: validMessage },
  { weight: 10, arbitrary: mutated(validMessage) },
  { weight: 6, arbitrary: bytes },
  { weight: 1, arbitrary: deepMessage },
);

const json = fc.oneof(
  { weight: 14, arbitrary: ask.map((value) => JSON.stringify(value)) },
  { weight: 4, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: deepJson },
);

/** A body that is to be JSON. */
export const jsonBody = fc.oneof(
  json.map((text) => Buffer.from(text)),
  mutated(json.map((text) => Buffer.from(text))),
);

/** Frames of gRPC, right or not. */
export const frames = fc.oneof(
  { weight: 4, arbitrary: message.map(frame) },
  { weight: 2, arbitrary: fc.array(message.map(frame), { maxLength: 4 }).map((all) => Buffer.concat(all)) },
  { weight: 2, arbitrary: mutated(message.map(frame)) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(255), bytes).map(([flag, body]) => frameAs(flag, body)) },
  { weight: 1, arbitrary: bytes },
);

const pathPiece = fc.oneof(
  fc.constantFrom('values', 'a', 'b', 'inner', 'any', '7', 'acts', 'watch', 'x:text', ':text', '%2F', '%', '%ff', '..'),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 6 }),
);
/** The paths that are served, each with places for other pieces. */
const SERVED = [
  'values/_',
  'values/_/inner',
  'values/_/_/_:text',
  'any/_/_/_',
  'acts',
  'acts/_/watch',
  'openapi.json',
  '_/_/_/_',
];
const pathText = fc
  .tuple(fc.constantFrom(...SERVED), fc.array(pathPiece, { minLength: 4, maxLength: 4 }))
  .map(([served, pieces]) => served.replaceAll(/_/g, (_, at: number) => pieces[at % 4] ?? ''));
const queryPair = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('id', 'number', 'inner.text', 'many', 'counts.a', 'at', 'data', 'inner.inner.inner'),
      word,
    ),
    word,
  )
  .map(([name, value]) => `${encode(name)}=${encode(value)}`);

/** A path with a query, as it stands in a request. */
export const target = fc
  .tuple(
    pathText,
    fc.oneof(
      fc.constant(''),
      fc.array(queryPair, { maxLength: 4 }).map((pairs) => `?${pairs.join('&')}`),
    ),
  )
  .map(([path, query]) => `/${path}${query}`);

/** Percent-encoded but for what is no character. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Where to cut bytes into pieces. */
export const cuts = fc.array(fc.nat(30), { maxLength: 4 });

export function cutInto(whole: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let rest = whole;
  for (const length of lengths) {
    pieces.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return [...pieces, rest];
}
