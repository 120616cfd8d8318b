import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Base64Decoder } from '../../../../src/proxy/transport/base64-decoder.ts';
import { gunzip } from '../../../../src/proxy/transport/compression.ts';
import { frame, frameAs, MessageReader } from '../../../../src/proxy/transport/grpc-framing.ts';
import {
  encodeGrpcMessage,
  parseTimeoutMs,
  toHeaders,
  toMetadata,
} from '../../../../src/proxy/transport/grpc-headers.ts';

test('messages come out whole, however the bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), fc.array(fc.nat(20)), (messages, cuts) => {
      const seen: Uint8Array[] = [];
      const reader = new MessageReader(1_000, (message) => seen.push(new Uint8Array(message)));
      let rest = Buffer.concat(messages.map(frame));
      for (const cut of cuts) {
        expect(reader.push(rest.subarray(0, cut))).toBeUndefined();
        rest = rest.subarray(cut);
      }
      expect(reader.push(rest)).toBeUndefined();
      expect(reader.end()).toBeUndefined();
      expect(seen).toEqual(messages);
    }),
  );
});

test('compressed messages come out as they were, where somebody can inflate them', () => {
  const seen: string[] = [];
  const take = (message: Uint8Array): void => void seen.push(Buffer.from(message).toString());
  const bytes = Buffer.concat([frame(Buffer.from('a')), frameAs(1, gzipSync('b')), frame(Buffer.from('c'))]);
  const reader = new MessageReader(1_000, take, (message) => gunzip(message, 1_000));
  expect(reader.push(bytes)).toBeUndefined();
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(new MessageReader(1_000, take).push(bytes)).toBe('not-compressed');
  expect(new MessageReader(1_000, take, (message) => gunzip(message, 1)).push(frameAs(1, gzipSync('bb')))).toBe(
    'too-large',
  );
  expect(new MessageReader(1_000, take, (message) => gunzip(message, 9)).push(frameAs(1, Buffer.from('b')))).toBe(
    'corrupt',
  );
  expect(new MessageReader(1_000, take).push(frameAs(2, Buffer.from('b')))).toBe('unknown-flag');
});

test('base64 comes out whole, however it was padded and cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.array(fc.nat(20)), (pieces, cuts) => {
      const decoder = new Base64Decoder();
      let rest = Buffer.from(pieces.map((piece) => Buffer.from(piece).toString('base64')).join(''));
      const decoded: Uint8Array[] = [];
      for (const cut of [...cuts, rest.length]) {
        decoded.push(decoder.push(rest.subarray(0, cut)) ?? expect.unreachable());
        rest = rest.subarray(cut);
      }
      expect(Buffer.concat(decoded)).toEqual(Buffer.concat(pieces));
    }),
  );
});

test.each(['????', 'A===', '====', 'AB=C', 'YQ=Yg==', 'AAA\n'])('%j is no base64', (text) => {
  expect(new Base64Decoder().push(Buffer.from(text))).toBeNull();
});

test('a length above the limit is refused before its bytes come', () => {
  const reader = new MessageReader(10, () => expect.unreachable());
  expect(reader.push(frame(new Uint8Array(11)).subarray(0, 5))).toBe('too-large');
});

test('a message that ends early is truncated', () => {
  const reader = new MessageReader(10, () => expect.unreachable());
  expect(reader.push(frame(new Uint8Array(8)).subarray(0, 9))).toBeUndefined();
  expect(reader.end()).toBe('truncated');
});

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['30S', 30_000],
  ['250m', 250],
  ['500u', 0.5],
  ['1n', 1e-6],
  ['', null],
  ['1', null],
  ['-1S', null],
  ['123456789S', null],
])('grpc-timeout %j is %j ms', (text, expected) => {
  const parsed = parseTimeoutMs(text);
  if (expected === null || parsed === null) expect(parsed).toBe(expected);
  else expect(parsed).toBeCloseTo(expected, 9);
});

test('any message survives in grpc-message, as printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (message) => {
      const encoded = encodeGrpcMessage(message);
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeURIComponent(encoded)).toBe(message);
    }),
  );
});

test.each([
  ['x'.repeat(4_096), 'x'.repeat(4_096)],
  ['x'.repeat(4_097), `${'x'.repeat(4_093)}...`],
  [`${'x'.repeat(4_090)}\u{1f6d2}\u{1f6d2}`, `${'x'.repeat(4_090)}...`],
  [`${'x'.repeat(4_084)}\u{1f6d2}`, `${'x'.repeat(4_084)}\u{1f6d2}`],
  [`${'x'.repeat(4_092)}%%`, `${'x'.repeat(4_092)}...`],
  ['\u{1f6d2}'.repeat(1 << 20), `${'\u{1f6d2}'.repeat(340)}...`],
])('a message that is too long for a header is cut between characters (%#)', (message, cut) => {
  const encoded = encodeGrpcMessage(message);
  expect(encoded.length).toBeLessThanOrEqual(4_096);
  expect(decodeURIComponent(encoded)).toBe(cut);
});

test('metadata keeps order and repetition, decodes -bin, leaves out pseudo-headers and the content type', () => {
  const raw = [':path', '/x', 'X-A', '1', 'content-type', 'application/grpc', 'x-a', '2', 'k-bin', 'AQI=,Aw=='];
  expect(toMetadata(raw)).toEqual([
    ['x-a', '1'],
    ['x-a', '2'],
    ['k-bin', Buffer.from([1, 2])],
    ['k-bin', Buffer.from([3])],
  ]);
});

test('metadata become headers, whatever their names: also those that every object has', () => {
  const metadata = ['x-a', 'constructor', '__proto__', '__proto__'].map((name, index) => [name, `${index}`] as const);
  expect(Object.entries(toHeaders(metadata))).toEqual([
    ['x-a', '0'],
    ['constructor', '1'],
    ['__proto__', ['2', '3']],
  ]);
});
