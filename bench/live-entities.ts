import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tempDir } from '../test/support/temp-dir.ts';
import { runOnce } from './load.ts';
import type { LiveProxyMessage } from './live-proxy.ts';
import { noteRequests } from './notes.ts';

const TIMEOUT_MS = 30_000;
/** Live before the first measurement: what the first entities bring into being is not theirs. */
const WARM_UP = 1_000;

export interface EntityMemory {
  readonly rssBytesEach: number;
  readonly heapBytesEach: number;
}

/** What one live entity holds of the proxy's memory, measured over `count` of them, with SQLite: nothing but themselves is kept. */
export async function measureLiveEntities(userFunctionPort: number, count: number): Promise<EntityMemory> {
  using directory = tempDir();
  const program = `${import.meta.dirname}/live-proxy.ts`;
  const child = fork(program, [String(userFunctionPort), directory.file('live.db')], { execArgv: ['--expose-gc'] });
  try {
    const { port, metricsPort } = await next(child, 'serving');
    await runOnce(port, noteRequests(0, WARM_UP), TIMEOUT_MS);
    const before = await memory(child);
    await runOnce(port, noteRequests(WARM_UP, count), TIMEOUT_MS);
    const after = await memory(child);
    await checkLive(metricsPort, WARM_UP + count);
    return {
      rssBytesEach: (after.rssBytes - before.rssBytes) / count,
      heapBytesEach: (after.heapBytes - before.heapBytes) / count,
    };
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function memory(child: ChildProcess): Promise<Extract<LiveProxyMessage, { type: 'memory' }>> {
  child.send('measure');
  return next(child, 'memory');
}

async function next<Type extends LiveProxyMessage['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<LiveProxyMessage, { type: Type }>> {
  const ended = new AbortController();
  const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ended.signal]);
  const end = (): void => ended.abort(new Error('the proxy that is measured has ended'));
  child.once('exit', end);
  const [message] = (await once(child, 'message', { signal })) as [LiveProxyMessage];
  child.off('exit', end);
  if (message.type !== type) throw new Error(`the proxy told "${message.type}" instead of "${type}"`);
  return message as Extract<LiveProxyMessage, { type: Type }>;
}

/** Entities that had been passivated would make the others cheap. */
async function checkLive(metricsPort: number, expected: number): Promise<void> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const counts = [...text.matchAll(/^stategate_live_entities\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  const live = counts.reduce((sum, count) => sum + count, 0);
  if (live !== expected) throw new Error(`${live} entities are live, ${expected} were to be measured`);
}
