import { join } from 'node:path';
import { CACHED_VERSIONS, installedDir } from './cache.ts';
import { flags, type InstalledServer } from './recipe.ts';

/** dynoxide: DynamoDB's protocol on a SQLite file. A setting `name: value` becomes `--name value`. */
export async function findDynamodb(): Promise<InstalledServer | undefined> {
  const installed = installedDir('dynamodb');
  if (installed === undefined) return undefined;
  return {
    product: `dynoxide ${CACHED_VERSIONS.dynamodb}`,
    kind: 'emulated',
    startMs: 20_000,
    command: ({ dir, port }, settings) => ({
      program: join(installed, 'bin/dynoxide'),
      args: flags({ host: '127.0.0.1', port: String(port), 'db-path': join(dir, 'data.db'), ...settings }),
    }),
  };
}
