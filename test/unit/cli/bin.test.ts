import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../support/process.ts';

const BIN = join(ROOT, 'src/cli/bin/stategate.cjs');

/** A Node of the machine that is too old for Stategate. */
function findOldNode(): string | undefined {
  const places = (process.env['PATH'] ?? '').split(':').filter((place) => !place.includes('node_modules'));
  return [...places, '/usr/local/bin', '/usr/bin']
    .map((place) => join(place, 'node'))
    .find((node) => {
      const { stdout, status } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) < 24;
    });
}

describe('the bin file', () => {
  const oldNode = findOldNode();
  test('says in a line that Node is too old', ({ skip }) => {
    if (oldNode === undefined) {
      skip('no Node below 24 is on the path');
      return;
    }
    const { status, stdout, stderr } = spawnSync(oldNode, [BIN, '--version'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^stategate: this is Node \d+\.\d+\.\d+ and it needs 24 or newer: install one from https:\/\/nodejs.org\n$/,
    );
  });

  test('says so on any version: the check is the first thing it does', () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { node: '0.10.48' } }); require(${JSON.stringify(BIN)});`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', pretend], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stategate: this is Node 0.10.48 and/);
  });

  test('has nothing that an old Node could not parse', () => {
    const code = readFileSync(BIN, 'utf8')
      .replace(/\/\/.*/g, '')
      .replace(/'[^'\n]*'/g, "''");
    // Everything that came after ECMAScript 5 and could slip in here.
    expect(code).not.toMatch(/=>|`|\?\?|\?\.|\.\.\.|\b(?:let|const|class|async|await|import|export|of)\b|,\s*[)\]]/);
  });

  test('may be run', () => {
    expect(() => execFileSync('test', ['-x', BIN])).not.toThrow();
  });
});
