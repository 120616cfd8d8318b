import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

const WAIT_MS = 1_200_000;
const LOOK_MS = 250;

/**
 * Runs something while no other process on this machine runs it under the same path. The lock is a directory that says
 * whose it is; it is put in place with its content by one rename, which fails when there is one. That of a process which
 * is no more is taken away.
 */
export async function withLock<T>(path: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + WAIT_MS;
  let told = false;
  while (!(await take(path))) {
    const owner = await ownerOf(path);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      await clear(path, owner);
      continue;
    }
    if (!told) onWait(owner);
    told = true;
    if (performance.now() > end)
      throw new Error(`${path} is held by process ${owner} since ${WAIT_MS / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function take(path: string): Promise<boolean> {
  const mine = `${path}.${randomUUID()}`;
  await mkdir(mine, { recursive: true });
  await writeFile(join(mine, 'pid'), String(process.pid));
  try {
    await rename(mine, path);
    return true;
  } catch {
    await rm(mine, { recursive: true });
    return false;
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  const pid = await readFile(join(path, 'pid'), 'utf8').catch(() => '');
  return pid === '' ? undefined : Number(pid);
}

/** Two may find the same dead owner: who moved away a lock that is not the dead one's puts it back. */
async function clear(path: string, dead: number): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await ownerOf(aside);
  if (moved !== undefined && moved !== dead) await rename(aside, path).catch(() => undefined);
  await rm(aside, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
