import { setTimeout as delay } from 'node:timers/promises';
import { tempDir } from '../test/support/temp-dir.ts';
import { median, medianIfAll } from './median.ts';
import { readUsage } from './process-usage.ts';
import { startBuiltProxy } from './servers.ts';

const STARTS = 5;
const SETTLE_MS = 1_000;

export interface StartUp {
  readonly readyMs: number;
  /** A second after `/ready`, before the first command. Undefined where the system does not tell. */
  readonly idleRssBytes: number | undefined;
}

/** Starts the proxy on a new SQLite file, five times; medians. */
export async function measureStartUp(userFunctionPort: number): Promise<StartUp> {
  const readyMs: number[] = [];
  const idleRssBytes: (number | undefined)[] = [];
  for (let i = 0; i < STARTS; i += 1) {
    using directory = tempDir();
    await using proxy = await startBuiltProxy(userFunctionPort, `sqlite:${directory.file('idle.db')}`);
    await delay(SETTLE_MS);
    readyMs.push(proxy.readyMs);
    idleRssBytes.push(readUsage(proxy.pid)?.rssBytes);
  }
  return { readyMs: median(readyMs), idleRssBytes: medianIfAll(idleRssBytes) };
}
