import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** One line of `writer.ts`. */
export type Acknowledged = readonly (readonly [entityId: string, first: number, last: number])[];

export interface Writer {
  readonly writer: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

/** `setup` is shell, run before it in its process. */
export function startWriter(driver: string, config: unknown, setup = 'true'): Writer {
  const script = join(import.meta.dirname, 'writer.ts');
  const command = [process.execPath, '--conditions=source', script, driver, JSON.stringify(config)];
  const writer = spawn('sh', ['-c', `${setup}; exec "$@"`, 'sh', ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  return { writer, lines: createInterface({ input: writer.stdout })[Symbol.asyncIterator]() };
}

export async function killWriter(writer: ChildProcess): Promise<void> {
  writer.kill('SIGKILL');
  await once(writer, 'exit');
}
