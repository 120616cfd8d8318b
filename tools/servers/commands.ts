import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

const HEARTBEAT_MS = 20_000;
const TAIL_LINES = 30;

export interface CommandOptions {
  /** Says what runs, in the lines of progress. */
  readonly name: string;
  /** Where the output goes. It is shown when the command fails. */
  readonly log: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end, with a sign of life every now and then. */
export async function command(options: CommandOptions, program: string, ...args: readonly string[]): Promise<void> {
  const { name, log, cwd, env } = options;
  const started = performance.now();
  const file = createWriteStream(log, { flags: 'a' });
  let last = '';
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: { ...process.env, ...env } });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (last = lastLine(String(chunk)) ?? last));
    stream.pipe(file, { end: false });
  }
  const heartbeat = setInterval(() => {
    console.log(`${name}: still at it after ${seconds(started)}: ${last}`);
  }, HEARTBEAT_MS);
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit, signal) => resolve(exit ?? signal));
    });
    if (code === 0) return;
    file.end();
    await finished(file);
    const tail = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    throw new Error(`${program} ${args[0] ?? ''} ended with ${code}; the end of ${log}:\n${tail}`);
  } finally {
    clearInterval(heartbeat);
    file.end();
  }
}

export function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1)?.trim().slice(0, 80);
}
