import { readFileSync } from 'node:fs';

/** What a process has used. */
export interface Usage {
  /** User and system time of all its threads. The kernel counts in steps of 10 ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

const MS_PER_TICK = 10;

/** Undefined where there is no `/proc`: only Linux tells. */
export function readUsage(pid: number): Usage | undefined {
  if (process.platform !== 'linux') return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the name in brackets, which may hold anything: field 3 is the first, utime the 14th, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
    rssBytes: Number(kilobytes) * 1024,
  };
}
