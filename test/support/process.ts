import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually } from './eventually.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A real process of a test: its output is kept, and it is gone when the test is. */
export class TestProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = '';
  readonly exited: Promise<number | NodeJS.Signals>;

  constructor(
    program: string,
    args: readonly string[],
    options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
  ) {
    this.#child = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a terminal makes one: a signal reaches what it has started too.
      detached: true,
    });
    const killGroup = (): void => this.#signal('SIGKILL');
    process.once('exit', killGroup);
    this.#child.once('exit', () => process.off('exit', killGroup));
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-200_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.exited = new Promise((done) => {
      this.#child.once('error', (error) => {
        keep(Buffer.from(`cannot start ${program}: ${error.message}\n`));
        done(-1);
      });
      this.#child.once('exit', (code, signal) => done(signal ?? code ?? -1));
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | NodeJS.Signals> {
    this.#signal(signal);
    return this.exited;
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.running || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // It ended just now.
    }
  }

  /** Waits until the output holds the text, and says what the output was when it does not. */
  async prints(text: string | RegExp, timeoutMs = 15_000): Promise<string> {
    const found = (): boolean => (typeof text === 'string' ? this.#output.includes(text) : text.test(this.#output));
    try {
      await eventually(() => {
        if (found()) return true;
        if (!this.running) throw new Error('the process has ended');
        return false;
      }, timeoutMs);
    } catch (error) {
      throw new Error(`the process did not print ${String(text)}; it printed:\n${this.#output}`, { cause: error });
    }
    return this.#output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.kill();
  }
}

/** Runs one of our TypeScript programs. */
export function startNode(
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): TestProcess {
  return new TestProcess(process.execPath, ['--conditions=source', ...args], options);
}
