import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const LINUX = process.platform === 'linux';

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended just now.
  }
}

/** The processes that a process has started. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const text = LINUX
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
    return text.split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** True for a zombie that nobody waits for, too: it holds nothing any more. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return LINUX && /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

/** Whether none of its threads runs any more: a signal reaches each in its own time. Elsewhere than on Linux nobody can tell. */
export function isStopped(pid: number): boolean {
  if (!LINUX || isGone(pid)) return true;
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.every((thread) => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')));
}
