import { expect, test } from 'vitest';
import { satisfies } from '../../../../src/proxy/persistence/spi-range.ts';

test.each([
  ['1.0.0-rc.1', '^1.0.0-rc', true],
  ['1.0.0-rc.1', '^1.0.0-rc.1', true],
  ['1.0.0-rc.1', '^1.0.0-rc.2', false],
  ['1.0.0-rc.10', '^1.0.0-rc.2', true],
  ['1.0.0-rc.1', '^1.0.0', false],
  ['1.0.0', '^1.0.0-rc', true],
  ['1.4.2', '^1.2.3', true],
  ['1.2.2', '^1.2.3', false],
  ['2.0.0', '^1.2.3', false],
  ['2.0.0-rc.1', '^1.2.3', false],
  ['0.3.0', '^0.2.1', false],
  ['0.2.9', '^0.2.1', true],
  ['0.0.2', '^0.0.1', false],
  ['1.2.9', '~1.2.3', true],
  ['1.3.0', '~1.2.3', false],
  ['1.5.0', '>=1.0.0 <2.0.0', true],
  ['2.0.0', '>= 1.0.0 < 2.0.0', false],
  ['3.1.0', '^1.0.0 || ^3.0.0', true],
  ['1.0.0', '1.0.0', true],
  ['1.0.1', '=1.0.0', false],
  ['1.0.1', 'latest', false],
  ['1.0.1', '', false],
])('%s in %s: %s', (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected);
});
