import { assert, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from '@stategate/proxy/config';

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['30 s', 30_000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['250', 250],
    [250, 250],
    ['0', 0],
  ])('%s is %i ms', (written, ms) => {
    expect(parseDurationMs(written)).toBe(ms);
  });

  test.each(['', 's', '5 seconds', '-1s', '1.5s', '1e3', '1s1s', '12MiB', '9007199254740993', -1, 0.5, Number.NaN])(
    '%s is none',
    (written) => {
      expect(parseDurationMs(written)).toBeUndefined();
    },
  );
});

describe('a size', () => {
  test.each([
    ['12MiB', 12_582_912],
    ['64KiB', 65_536],
    ['1MB', 1_000_000],
    ['2kB', 2_000],
    ['1GiB', 1_073_741_824],
    ['7B', 7],
    ['4096', 4_096],
  ])('%s is %i bytes', (written, bytes) => {
    expect(parseSizeBytes(written)).toBe(bytes);
  });

  test.each(['12mib', '1Mb', '30s', '0x10'])('%s is none', (written) => {
    expect(parseSizeBytes(written)).toBeUndefined();
  });
});

test('what is printed is read back as the same number', () => {
  assert(
    property(nat(Number.MAX_SAFE_INTEGER), (value) => {
      expect(parseDurationMs(formatDurationMs(value))).toBe(value);
      expect(parseSizeBytes(formatSizeBytes(value))).toBe(value);
    }),
  );
  expect([
    formatDurationMs(90_000),
    formatDurationMs(0),
    formatSizeBytes(64 * 2 ** 20),
    formatSizeBytes(1_000_000),
  ]).toEqual(['90s', '0', '64MiB', '1MB']);
});
