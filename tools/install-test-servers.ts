import { installedDir } from '../test/support/servers/cache.ts';
import { findJava } from '../test/support/servers/cassandra.ts';
import { findEtcd } from '../test/support/servers/etcd.ts';
import { findPostgres } from '../test/support/servers/postgres.ts';
import { findProgram, run } from '../test/support/servers/programs.ts';
import type { ServerName } from '../test/support/servers/recipe.ts';
import { findRedis } from '../test/support/servers/redis.ts';
import { installCached } from './servers/cached.ts';

/** The distribution's packages that a server is, runs on or is installed with, as far as they are missing. */
export const missingServerPackages: Readonly<Record<ServerName, () => Promise<readonly string[]>>> = {
  postgres: async () => ((await findPostgres()) === undefined ? ['postgresql'] : []),
  redis: async () => ((await findRedis()) === undefined ? ['redis-server'] : []),
  async cassandra() {
    const java = (await findJava()) === undefined ? ['openjdk-17-jre-headless'] : [];
    const installs = installedDir('cassandra') === undefined;
    return installs && (await findProgram('mvn')) === undefined ? [...java, 'maven'] : java;
  },
  mongodb: async () => (installedDir('mongodb') === undefined ? missingPythonPackages() : []),
  dynamodb: async () => [],
  etcd: async () => ((await findEtcd()) === undefined ? ['etcd-server'] : []),
};

/** Debian's Python makes no environment without a package more. */
export async function missingPythonPackages(): Promise<readonly string[]> {
  const works = await run('python3', ['-c', 'import ensurepip']).then(
    () => true,
    () => false,
  );
  return works ? [] : ['python3', 'python3-venv'];
}

/** Installs a server, when its packages are there. */
export async function installServer(name: ServerName): Promise<void> {
  if (name === 'postgres' || name === 'redis' || name === 'etcd') console.log(`${name}: there`);
  else await installCached(name);
}
