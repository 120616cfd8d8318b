import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases, formatReport, hashSources, reasonOf, reportConformance } from '@stategate/journal-spi/conformance';
import type { ConformanceReport, ConformanceTarget, ServerKind } from '@stategate/journal-spi/conformance';
import { certify as certifyThirdParty, DRIVER, installThirdParty, SOURCES } from '../test/drivers/third-party-app.ts';
import { inMemoryTarget } from '../test/drivers/inmemory-target.ts';
import { sqliteTarget } from '../test/drivers/sqlite-target.ts';
import { startServer } from '../test/support/servers.ts';
import type { TestServer } from '../test/support/servers.ts';
import { SERVER_NAMES } from '../test/support/servers/recipe.ts';
import type { ServerName } from '../test/support/servers/recipe.ts';
import { RESULTS, resultFile, sourceFolders } from './matrix/evidence.ts';

/**
 * Runs the conformance suite and writes the results that `npm run matrix` reads: for the drivers that are named, or for all
 * that have a server here. A run with a failed case is written too, and ends with exit code 1.
 */
const root = join(import.meta.dirname, '..');

interface Store extends AsyncDisposable {
  readonly target: ConformanceTarget;
  readonly kind: ServerKind;
}

const names =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['inmemory', 'sqlite', ...SERVER_NAMES.filter((name) => name !== 'etcd'), DRIVER];
mkdirSync(join(root, RESULTS), { recursive: true });
for (const name of names) {
  if (name === DRIVER) {
    await certifyOther();
    continue;
  }
  const store = await openStore(name);
  if ('missing' in store) process.stdout.write(`${name}: not run, ${store.missing}\n`);
  else await certify(name, store);
}

// Node 26 may turn for ever when it ends by itself after sockets were reset.
process.exit();

async function certify(name: string, { target, kind, [Symbol.asyncDispose]: dispose }: Store): Promise<void> {
  const sources = sourceFolders(name).map((folder) => hashSources(root, folder));
  try {
    let done = 0;
    const report = await reportConformance(
      target,
      { package: `@stategate/driver-${name}`, kind, sources },
      {
        onResult(result) {
          done += 1;
          const reason = reasonOf(result);
          const line = `${name} ${done}/${cases.length} ${result.outcome} ${result.id} ${result.title}`;
          process.stdout.write(reason === undefined ? `${line}\n` : `${line}: ${reason}\n`);
        },
      },
    );
    save(name, report);
  } finally {
    await dispose();
  }
}

/** The driver of another party is certified by the command, as they would do it. Here it is added what the result stands for. */
async function certifyOther(): Promise<void> {
  const server = await startServer('etcd', { own: true });
  if ('missing' in server) return void process.stdout.write(`${DRIVER}: not run, ${server.missing}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'stategate-conformance-'));
  try {
    process.stdout.write(`${DRIVER}: packed, installed and certified by the command, which takes a minute or two\n`);
    const report = await certifyThirdParty(await installThirdParty(folder), server.url);
    const sources = [`${SOURCES}/src`, 'src/journal-spi'].map((each) => hashSources(root, each));
    save(DRIVER, { ...report, sources });
  } finally {
    rmSync(folder, { recursive: true });
    await server.stop();
  }
}

function save(name: string, report: ConformanceReport): void {
  writeFileSync(join(root, resultFile(name)), formatReport(report));
  const { pass, fail } = report.summary;
  process.stdout.write(`${name}: ${pass} passed, ${fail} failed, written to ${resultFile(name)}\n`);
  if (fail > 0) process.exitCode = 1;
}

async function openStore(name: string): Promise<Store | { readonly missing: string }> {
  if (name === 'inmemory') {
    return { target: inMemoryTarget(), kind: 'in-process', [Symbol.asyncDispose]: async () => undefined };
  }
  if (name === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'stategate-conformance-'));
    const remove = async () => rmSync(folder, { recursive: true });
    return { target: sqliteTarget(folder), kind: 'real', [Symbol.asyncDispose]: remove };
  }
  if (!isServerName(name)) return { missing: `there is no driver "${name}"` };
  if (!existsSync(targetFile(name))) return { missing: `${targetFile(name)} is not there` };
  const server = await startServer(name, { own: true });
  if ('missing' in server) return server;
  return { target: await targetOf(name, server), kind: server.kind, [Symbol.asyncDispose]: () => server.stop() };
}

function isServerName(name: string): name is ServerName {
  return SERVER_NAMES.some((known) => known === name);
}

/** Every driver's tests have a file that makes targets: `test/drivers/redis-target.ts` exports `redisTarget(server)`. */
async function targetOf(name: ServerName, server: TestServer): Promise<ConformanceTarget> {
  const exported = (await import(targetFile(name))) as Readonly<Record<string, unknown>>;
  const make = exported[`${name}Target`];
  if (typeof make !== 'function') throw new Error(`${targetFile(name)} does not export ${name}Target`);
  return (await make(server)) as ConformanceTarget;
}

function targetFile(name: ServerName): string {
  return join(root, `test/drivers/${name}-target.ts`);
}
