import { describe, expect, test } from 'vitest';
import { humanLine } from '../../../src/cli/human-log.ts';
import { preview, printable, table } from '../../../src/cli/table.ts';

describe('a table', () => {
  test('has columns, with numbers to the right', () => {
    expect(
      table(
        ['ID', 'HEAD'],
        [
          ['a', 5],
          ['long one', 1_000],
        ],
      ),
    ).toBe('ID        HEAD\na            5\nlong one  1000\n');
  });

  test('without rows is its head', () => {
    expect(table(['ID', 'HEAD'], [])).toBe('ID  HEAD\n');
  });

  test('cannot steer the terminal', () => {
    expect(printable('\u001B[2Ja\nb\u202E')).toBe('·[2Ja·b·');
    expect(preview(Buffer.from('\u0008\u0001\u0012\u0007product'))).toBe('····product');
    expect(preview(Buffer.from([0xff, 0x61]))).toBe('·a');
    expect(preview(Buffer.from('x'.repeat(61)))).toBe(`${'x'.repeat(60)}…`);
  });
});

test.each([
  [
    '{"level":40,"time":"2026-01-01T00:00:00Z","msg":"Slow","port":1,"err":{"message":"no"}}\n',
    'warn: Slow (port=1, err=no)',
  ],
  ['{"level":30,"msg":"Serving"}', 'info: Serving'],
  ['not JSON\n', 'not JSON'],
])('the log line %s is for people', (json, text) => {
  expect(humanLine(json)).toBe(text);
});
