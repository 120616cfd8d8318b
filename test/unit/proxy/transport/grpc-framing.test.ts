import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frame, MessageReader } from '../../../../src/proxy/transport/grpc-framing.ts';
import { encodeGrpcMessage, parseTimeoutMs, toMetadata } from '../../../../src/proxy/transport/grpc-headers.ts';

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

test('metadata keeps order and repetition, decodes -bin, leaves out pseudo-headers and the content type', () => {
  const raw = [':path', '/x', 'X-A', '1', 'content-type', 'application/grpc', 'x-a', '2', 'k-bin', 'AQI=,Aw=='];
  expect(toMetadata(raw)).toEqual([
    ['x-a', '1'],
    ['x-a', '2'],
    ['k-bin', Buffer.from([1, 2])],
    ['k-bin', Buffer.from([3])],
  ]);
});
