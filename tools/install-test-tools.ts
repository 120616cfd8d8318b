import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../test/support/ports.ts';
import { findProgram } from '../test/support/servers/programs.ts';
import { SERVER_NAMES } from '../test/support/servers/recipe.ts';
import { installServer, missingPythonPackages, missingServerPackages } from './install-test-servers.ts';
import { installCached } from './servers/cached.ts';
import { installSystemPackages } from './servers/system-packages.ts';

/**
 * Brings what the tests need and `npm ci` does not: run it once on a machine, it does nothing where all is there. With names,
 * only those: `npm run test:install postgres redis`.
 */
const ROOT = join(import.meta.dirname, '..');
const INSTALL_MS = 300_000;
/** More at once would only wait for the same two processors and the same network. */
const AT_ONCE = 3;

interface Tool {
  readonly name: string;
  /** Packages of the distribution that it needs and that are not there. */
  missing(): Promise<readonly string[]>;
  install(): Promise<void>;
}

/** The ones that take minutes come first. */
const TOOLS: readonly Tool[] = [
  ...[...SERVER_NAMES].toReversed().map((name) => ({
    name,
    missing: () => missingServerPackages[name](),
    install: () => installServer(name),
  })),
  { name: 'interop', missing: async () => [], install: () => installCached('interop') },
  { name: 'js', missing: async () => [], install: () => warm('js') },
  { name: 'python', missing: missingPythonPackages, install: () => warm('python') },
  program('curl'),
  program('openssl'),
  program('chromium', 'google-chrome'),
];

/** A program that the distribution has under its own name; one with another name will do. */
function program(name: string, otherwise = name): Tool {
  return {
    name,
    missing: async () => (((await findProgram(name)) ?? (await findProgram(otherwise))) === undefined ? [name] : []),
    install: async () => console.log(`${name}: there`),
  };
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

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => TOOLS.every((tool) => tool.name !== name));
  if (unknown.length > 0)
    throw new Error(`there is no ${unknown.join(', ')}; there are ${TOOLS.map(({ name }) => name).join(', ')}`);
  const wanted = TOOLS.filter(({ name }) => names.length === 0 || names.includes(name));
  const packages = (await Promise.all(wanted.map((tool) => tool.missing()))).flat();
  await installSystemPackages([...new Set(packages)]);
  const failed: string[] = [];
  const waiting = [...wanted];
  const work = async (): Promise<void> => {
    for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) {
      const { name } = tool;
      await tool.install().catch((error: unknown) => {
        failed.push(name);
        console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failed.length > 0) throw new Error(`not installed: ${failed.join(', ')}`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
