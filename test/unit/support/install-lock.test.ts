import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { withLock } from '../../../tools/servers/lock.ts';

test('one at a time, also over the lock of a process that is no more', async () => {
  using dir = tempDir();
  const lock = dir.file('lock');
  const dead = spawnSync('true').pid;
  mkdirSync(lock);
  writeFileSync(join(lock, 'pid'), String(dead));
  let inside = 0;
  let most = 0;
  const waitedFor = new Set<number>();
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => withLock(lock, (pid) => waitedFor.add(pid), work)));
  expect(most).toBe(1);
  expect(waitedFor).toEqual(new Set([process.pid]));
  expect(readdirSync(dir.path)).toEqual([]);
});

test('it is free again when the work fails', async () => {
  using dir = tempDir();
  const lock = dir.file('lock');
  const fails = withLock(
    lock,
    () => {},
    () => Promise.reject(new Error('no network')),
  );
  await expect(fails).rejects.toThrow('no network');
  expect(existsSync(lock)).toBe(false);
});
