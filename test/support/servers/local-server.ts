import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { freePort } from '../ports.ts';
import { childrenOf, isGone, isStopped, send } from './process-family.ts';
import { asUser, findProgram } from './programs.ts';
import { isReady } from './ready.ts';
import type { InstalledServer, ServerKind, ServerName, ServerPlace, ServerSettings, TestServer } from './recipe.ts';
import { urlOf } from './urls.ts';

const PORT_ATTEMPTS = 3;
const END_MS = 10_000;
const LOG_TAIL = 8_000;

/** A server in a process of its own, on this machine only, with a data directory of its own. */
export class LocalServer implements TestServer {
  readonly name: ServerName;
  readonly #installed: InstalledServer;
  readonly #place: ServerPlace;
  #settings: ServerSettings;
  #child: ChildProcess | undefined;
  readonly #atExit = (): void => {
    this.#signal('SIGKILL');
    rmSync(this.#place.dir, { recursive: true, force: true });
  };

  private constructor(name: ServerName, installed: InstalledServer, place: ServerPlace, settings: ServerSettings) {
    this.name = name;
    this.#installed = installed;
    this.#place = place;
    this.#settings = settings;
  }

  static async start(name: ServerName, installed: InstalledServer, settings: ServerSettings): Promise<LocalServer> {
    for (let attempt = 1; ; attempt += 1) {
      const dir = await mkdtemp(join(tmpdir(), `stategate-${name}-`));
      const place = { dir, port: await freePort(), secondPort: await freePort() };
      const server = new LocalServer(name, installed, place, settings);
      process.once('exit', server.#atExit);
      try {
        await installed.prepare?.(place);
        await server.#run();
        return server;
      } catch (error) {
        await server.stop();
        // Between the look for a free port and its use somebody else may have taken it.
        if (attempt === PORT_ATTEMPTS || !/address already in use/i.test(String(error))) throw error;
      }
    }
  }

  get url(): string {
    return urlOf[this.name](this.#place.port, this.#settings);
  }

  get kind(): ServerKind {
    return this.#installed.kind;
  }

  get product(): string {
    return this.#installed.product;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async log(): Promise<string> {
    return (await readFile(this.#logFile, 'utf8').catch(() => '')).slice(-LOG_TAIL);
  }

  async kill9(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const children = this.#signal('SIGKILL');
    await eventually(() => hasEnded(child) && children.every(isGone), END_MS, `the end of ${this.product}`);
    this.#child = undefined;
  }

  async restart(changed: ServerSettings = {}): Promise<void> {
    await this.kill9();
    this.#settings = { ...this.#settings, ...changed };
    await this.#run();
  }

  async pause(): Promise<void> {
    const family = [...this.#signal('SIGSTOP'), this.pid];
    await eventually(
      () => family.every((pid) => pid === undefined || isStopped(pid)),
      END_MS,
      `the pause of ${this.product}`,
    );
  }

  async resume(): Promise<void> {
    this.#signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill9();
    process.off('exit', this.#atExit);
    await rm(this.#place.dir, { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #logFile(): string {
    return join(this.#place.dir, 'server.log');
  }

  async #run(): Promise<void> {
    const { program, args, user } = await this.#installed.command(this.#place, this.#settings);
    const child = await this.#spawn([...(await wrapper(user)), program, ...args]);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    this.#child = child;
    const ready = (): Promise<boolean> => isReady[this.name](this.#place.port);
    try {
      await eventually(
        async () => failure !== undefined || hasEnded(child) || (await ready()),
        this.#installed.startMs,
        `an answer of ${this.product}`,
      );
      if (failure !== undefined) throw failure;
      if (hasEnded(child)) throw new Error(`it ended with ${child.signalCode ?? child.exitCode}`);
    } catch (error) {
      throw new Error(`${this.product} does not start: ${String(error)}\n${await this.log()}`, { cause: error });
    }
  }

  async #spawn([program = '', ...args]: readonly string[]): Promise<ChildProcess> {
    const log = openSync(this.#logFile, 'a');
    try {
      // Detached: Ctrl-C at the terminal is for the tests, and they end their servers.
      return spawn(program, args, { cwd: this.#place.dir, stdio: ['ignore', log, log], detached: true });
    } finally {
      closeSync(log);
    }
  }

  /** Signals the server and its children, which it gives back: PostgreSQL serves each connection from one. */
  #signal(signal: NodeJS.Signals): readonly number[] {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#child === undefined || hasEnded(this.#child)) return [];
    // Stopped first, so that it does not start more of them meanwhile.
    if (signal !== 'SIGCONT') send(pid, 'SIGSTOP');
    const children = childrenOf(pid);
    for (const member of [...children, pid]) send(member, signal);
    return children;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** On Linux a server ends with the process that started it, even when that is killed. */
async function wrapper(user: string | undefined): Promise<readonly string[]> {
  const setpriv = process.platform === 'linux' ? await findProgram('setpriv') : undefined;
  if (setpriv !== undefined) return [setpriv, '--pdeathsig=KILL', ...(user === undefined ? [] : asUser(user))];
  if (user === undefined) return [];
  throw new Error(`to run it as ${user}, setpriv of the package util-linux is needed`);
}
