import { join } from 'node:path';
import { CACHED_VERSIONS, installedDir } from './cache.ts';
import { flags, type InstalledServer } from './recipe.ts';

/**
 * SecantusDB: MongoDB's wire protocol on its storage engine, as a replica set of one. A setting `name: value` becomes
 * `--name value`, `name: ''` becomes `--name` (`standalone`, `auth`, `enable-test-commands`).
 */
export async function findMongodb(): Promise<InstalledServer | undefined> {
  const installed = installedDir('mongodb');
  if (installed === undefined) return undefined;
  return {
    product: `SecantusDB ${CACHED_VERSIONS.mongodb}`,
    kind: 'emulated',
    startMs: 60_000,
    command: ({ dir, port }, settings) => ({
      program: join(installed, 'bin/secantusd-py'),
      args: flags({
        host: '127.0.0.1',
        port: String(port),
        'storage-path': join(dir, 'data'),
        'cache-size': '128M',
        'sync-on-commit': '',
        ...settings,
      }),
    }),
  };
}
