import { execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../test/support/ports.ts';

/** Brings what the tests need and `npm ci` does not: run it once on a machine, it does nothing where all is there. */
const ROOT = join(import.meta.dirname, '..');
const INSTALL_MS = 300_000;

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function apt(program: string, ...packages: readonly string[]): void {
  if (has(program)) {
    console.log(`${program}: there`);
    return;
  }
  console.log(`${program}: installing ${packages.join(' ')}`);
  execFileSync('sh', ['-c', `apt-get update -q && apt-get install -yq --no-install-recommends ${packages.join(' ')}`], {
    stdio: 'inherit',
  });
}

/** Starts a foreign user function once: its own script installs what it needs, into the user's cache. */
async function warm(language: string): Promise<void> {
  const started = performance.now();
  const port = await freePort();
  const child = spawn('sh', [join(ROOT, 'test/foreign', language, 'run.sh')], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  let ended = false;
  child.once('exit', () => (ended = true));
  while (!(await listens(port))) {
    if (ended) throw new Error(`the ${language} user function ended before it listened`);
    if (performance.now() - started > INSTALL_MS)
      throw new Error(`the ${language} user function did not listen within ${INSTALL_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  console.log(`${language} user function: there (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

apt('curl', 'curl');
apt('python3', 'python3', 'python3-venv');
await Promise.all([warm('js'), warm('python')]);
