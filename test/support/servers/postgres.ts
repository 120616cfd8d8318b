import { chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asUser, entries, findProgram, isExecutable, run } from './programs.ts';
import type { InstalledServer, ServerSettings } from './recipe.ts';

/** The server refuses to run as root, so that root lends it the account that Debian made for it. */
const UNPRIVILEGED = 'postgres';

/** PostgreSQL from the distribution's package. A setting `name: value` becomes `-c name=value`; `fsync` stays on. */
export function findPostgres(): Promise<InstalledServer | undefined> {
  const options = ['-U', 'stategate', '--auth=trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  return installed('initdb', options);
}

/** A standby that begins with a copy of the server on this port of this machine, and follows it there. */
export function findStandby(port: number): Promise<InstalledServer | undefined> {
  const primary = ['-h', '127.0.0.1', '-p', String(port), '-U', 'stategate'];
  return installed('pg_basebackup', [...primary, '--write-recovery-conf', '--checkpoint=fast', '--no-sync']);
}

/** The server, whose data one of its programs makes. */
async function installed(maker: string, options: readonly string[]): Promise<InstalledServer | undefined> {
  const bin = await findBinaries();
  if (bin === undefined) return undefined;
  const user = process.getuid?.() === 0 ? UNPRIVILEGED : undefined;
  const version = (await run(join(bin, 'postgres'), ['--version'])).replace(/^.*\(PostgreSQL\) (\S+).*$/s, '$1');
  return {
    product: `PostgreSQL ${version}`,
    kind: 'real',
    startMs: 30_000,
    async prepare({ dir }) {
      if (user !== undefined)
        await chown(dir, Number(await run('id', ['-u', user])), Number(await run('id', ['-g', user])));
      const lent = user === undefined ? [] : ['setpriv', ...asUser(user)];
      await run('env', [...lent, join(bin, maker), '-D', join(dir, 'data'), ...options]);
    },
    command({ dir, port }, settings) {
      const listen = ['-h', '127.0.0.1', '-p', String(port), '-k', ''];
      const args = ['-D', join(dir, 'data'), ...listen, ...postgresArgs(settings)];
      return { program: join(bin, 'postgres'), args, ...(user === undefined ? {} : { user }) };
    },
  };
}

/** With what logical replication reads, for the feed. */
export function postgresArgs(settings: ServerSettings): readonly string[] {
  return Object.entries({ wal_level: 'logical', ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Debian keeps each major version apart and puts none on the path: the newest one, or what the path has. */
async function findBinaries(): Promise<string | undefined> {
  const versions = await entries('/usr/lib/postgresql');
  const newestFirst = [...versions].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const version of newestFirst) {
    if (await isExecutable(join(version, 'bin/initdb'))) return join(version, 'bin');
  }
  const initdb = await findProgram('initdb');
  return initdb === undefined ? undefined : dirname(initdb);
}
