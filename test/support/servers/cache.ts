import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The versions that are installed into the cache; a new version gets a directory of its own. */
export const CACHED_VERSIONS = {
  cassandra: '5.0.9',
  mongodb: '0.7.0b3',
  dynamodb: '3.2.0',
} as const;
export type CachedServer = keyof typeof CACHED_VERSIONS;

export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'stategate-test-servers');
}

export function cacheDir(name: CachedServer): string {
  return join(cacheRoot(), `${name}-${CACHED_VERSIONS[name]}`);
}

/** Its presence says that an installation came to its end. */
export function installedMarker(name: CachedServer): string {
  return join(cacheDir(name), '.installed');
}

/** The directory of a server, when it is completely installed. */
export function installedDir(name: CachedServer): string | undefined {
  return existsSync(installedMarker(name)) ? cacheDir(name) : undefined;
}
