import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './errors.ts';
import { forEachLine } from './lines.ts';

export interface SupervisorOptions {
  readonly command: readonly [program: string, ...args: string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes each line that the user function prints. */
  readonly onOutput: (line: string) => void;
  /** Takes a sentence about the user function. */
  readonly onEvent: (message: string) => void;
  /** The command cannot be started at all, and is not tried again. */
  readonly onFailure: (error: CliError) => void;
  readonly timing?: Partial<SupervisorTiming>;
}

export interface SupervisorTiming {
  /** The first pause before a restart; each further one is twice as long, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** After so long the next crash counts as the first one. */
  readonly steadyMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

const TIMING: SupervisorTiming = { firstPauseMs: 500, longestPauseMs: 10_000, steadyMs: 30_000, graceMs: 5_000 };

type State =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly child: ChildProcess; readonly group: number }
  | { readonly phase: 'pausing'; readonly timer: NodeJS.Timeout }
  | { readonly phase: 'stopped' };

/**
 * Runs the user function, and again when it ends. It gets a process group of its own, so that Ctrl-C in a terminal does not
 * end it before the proxy has drained, and so that nothing is left of it when it was started through a shell.
 */
export class FunctionSupervisor {
  readonly #options: SupervisorOptions;
  readonly #timing: SupervisorTiming;
  #state: State = { phase: 'idle' };
  #crashes = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  start(): void {
    if (this.#state.phase === 'stopped') return;
    const { command, env, onOutput, onFailure } = this.#options;
    const [program, ...args] = command;
    const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const startedAt = performance.now();
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      this.#state = { phase: 'stopped' };
      onFailure(
        new CliError(
          `cannot start "${program}": ${error.code === 'ENOENT' ? 'there is no such program' : error.message}`,
        ),
      );
    });
    if (child.pid === undefined) return;
    this.#state = { phase: 'running', child, group: child.pid };
    forEachLine(child.stdout, onOutput);
    forEachLine(child.stderr, onOutput);
    child.once('exit', (code, signal) => this.#onExit(signal ?? `code ${code}`, performance.now() - startedAt));
  }

  /** Ends the function and everything it started: SIGTERM, and SIGKILL for what is still there after `graceMs`. */
  async stop(): Promise<void> {
    const state = this.#state;
    this.#state = { phase: 'stopped' };
    if (state.phase === 'pausing') clearTimeout(state.timer);
    if (state.phase !== 'running') return;
    const exited =
      state.child.exitCode === null && state.child.signalCode === null ? once(state.child, 'exit') : undefined;
    const deadline = performance.now() + this.#timing.graceMs;
    signalGroup(state.group, 'SIGTERM');
    while (signalGroup(state.group, 0) && performance.now() < deadline) await sleep(20);
    signalGroup(state.group, 'SIGKILL');
    await exited;
  }

  /** Ends it at once. */
  kill(): void {
    const state = this.#state;
    this.#state = { phase: 'stopped' };
    if (state.phase === 'pausing') clearTimeout(state.timer);
    if (state.phase === 'running') signalGroup(state.group, 'SIGKILL');
  }

  #onExit(how: string, upMs: number): void {
    if (this.#state.phase !== 'running') return;
    // What it left behind would keep its port.
    signalGroup(this.#state.group, 'SIGKILL');
    if (upMs >= this.#timing.steadyMs) this.#crashes = 0;
    const pauseMs = Math.min(this.#timing.longestPauseMs, this.#timing.firstPauseMs * 2 ** this.#crashes);
    this.#crashes += 1;
    this.#state = { phase: 'pausing', timer: setTimeout(() => this.start(), pauseMs) };
    this.#options.onEvent(`the user function ended with ${how}; it is started again in ${pauseMs / 1_000} s`);
  }
}

/** Whether there was anybody to get the signal. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
