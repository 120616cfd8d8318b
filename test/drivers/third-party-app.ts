import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { parseReport } from '@stategate/journal-spi/conformance';
import type { ConformanceReport } from '@stategate/journal-spi/conformance';
import { ROOT, TestProcess } from '../support/process.ts';

export const DRIVER = 'stategate-driver-etcd';
/** Where its sources are, from the root of the repository. */
export const SOURCES = 'examples/third-party-driver';

/** npm waits for a registry. */
const NPM_MS = 120_000;
const SUITE_MS = 600_000;

/**
 * What another party and its user do: the one packs its driver, built against the packed SPI, the other installs both. Nothing of
 * this repository is seen but through the two packages. Returns the folder of the application.
 */
export async function installThirdParty(dir: string): Promise<string> {
  const spi = await pack(join(ROOT, 'src/journal-spi'), dir);
  const driver = join(dir, 'driver');
  cpSync(join(ROOT, SOURCES), driver, {
    recursive: true,
    filter: (path) => !['node_modules', 'dist'].includes(basename(path)),
  });
  await npm(driver, 'install', '--no-save', spi);
  await npm(driver, 'run', 'build');
  const app = join(dir, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  await npm(app, 'install', spi, await pack(driver, dir));
  return app;
}

/** Runs the command as its user has it: built, in the application's folder. */
export function startCommand(app: string, args: readonly string[]): TestProcess {
  return new TestProcess(process.execPath, [join(ROOT, 'src/cli/bin/stategate.cjs'), ...args], { cwd: app });
}

/** The application's configuration, which selects the driver by its name. */
export function writeConfig(app: string, config: object): string {
  const file = join(app, 'stategate.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ store: { driver: DRIVER, config } }));
  return file;
}

/** The suite as the command runs it, and what it wrote. */
export async function certify(app: string, url: string): Promise<ConformanceReport> {
  const out = join(app, 'result.json');
  const args = ['--driver', DRIVER, '--config', writeConfig(app, { url }), '--out', out];
  await using suite = startCommand(app, ['conformance', 'run', ...args]);
  const timer = setTimeout(() => void suite.kill(), SUITE_MS);
  const code = await suite.exited;
  clearTimeout(timer);
  if (!readdirSync(app).includes(basename(out))) throw new Error(`the command ended with ${code}: ${suite.output}`);
  return parseReport(readFileSync(out, 'utf8'));
}

async function pack(folder: string, into: string): Promise<string> {
  const [line = ''] = (await npm(folder, 'pack', '--pack-destination', into)).trim().split('\n').slice(-1);
  return join(into, line);
}

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  // Of the npm that runs the tests, if one does: it is not about this folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_(registry|cache|userconfig)$)/i.test(name)),
  );
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { stdout } = await promisify(execFile)('npm', [...args, ...quiet], { cwd, env, timeout: NPM_MS });
  return stdout;
}
