import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../../test/support/servers/cache.ts';
import { findProgram } from '../../test/support/servers/programs.ts';
import { command, seconds } from './commands.ts';
import { withLock } from './lock.ts';

/**
 * Debian starts a server as soon as it is installed, unless it is told not to; the tests start theirs by themselves.
 * The file is removed again, and left alone where somebody else has put it.
 */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
  trap 'rm -f $policy' EXIT
fi
apt-get update -q && apt-get install -yq --no-install-recommends "$@"
`;

/** Installs packages of the distribution, all at once: apt lets nobody else in meanwhile. */
export async function installSystemPackages(packages: readonly string[]): Promise<void> {
  if (packages.length === 0) return;
  const names = packages.join(' ');
  const line = `apt-get install --no-install-recommends ${names}`;
  if ((await findProgram('apt-get')) === undefined)
    throw new Error(`${names}: missing, and this system has no apt-get: install what they are called here`);
  if (process.getuid?.() !== 0) throw new Error(`${names}: missing; as root: ${line}`);
  const started = performance.now();
  await mkdir(cacheRoot(), { recursive: true });
  const onWait = (pid: number): void => console.log(`${names}: process ${pid} installs packages, waiting for it`);
  await withLock(join(cacheRoot(), 'apt.lock'), onWait, async () => {
    console.log(`${names}: installing with apt-get`);
    const options = { name: names, log: join(cacheRoot(), 'apt.log'), env: { DEBIAN_FRONTEND: 'noninteractive' } };
    await command(options, 'sh', '-ec', INSTALL, 'install', ...packages);
  });
  console.log(`${names}: installed (${seconds(started)})`);
}
