import { expect, test } from 'vitest';
import { isHeader, replyHeaders } from '../../../../src/proxy/serving/http-answers.ts';

const LIMIT = 16 * 1_024;

test('of metadata that are too many for headers those are left out that do not fit', () => {
  const fits = ['x-fits', 'x'.repeat(LIMIT - 100)] as const;
  const small = ['x-small', 'y'] as const;
  expect(replyHeaders([fits, ['x-much', 'x'.repeat(200)], small])).toEqual([fits, small]);
  expect(replyHeaders([['no header', 'x'.repeat(LIMIT)], fits, small])).toEqual([fits, small]);
  expect(replyHeaders([['x-bin', Buffer.alloc(LIMIT)], small])).toEqual([small]);
  expect(replyHeaders([['x'.repeat(LIMIT + 1), ''], small])).toEqual([small]);
});

test.each([
  ['text/plain', true],
  ['two\nlines', false],
  ['x'.repeat(LIMIT), true],
  ['x'.repeat(LIMIT + 1), false],
])('a content type can be a header (%#)', (value, can) => {
  expect(isHeader('content-type', value)).toBe(can);
});
