import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The versions that are installed into the cache; a new version gets a directory of its own. */
export const CACHED_VERSIONS = {
  cassandra: '5.0.9',
  mongodb: '0.7.0b3',
  dynamodb: '3.2.0',
  interop: '1.85.0',
} as const;
export type Cached = keyof typeof CACHED_VERSIONS;

export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'stategate-test-servers');
}

export function cacheDir(name: Cached): string {
  return join(cacheRoot(), `${name}-${CACHED_VERSIONS[name]}`);
}

/** Its presence says that an installation came to its end. */
export function installedMarker(name: Cached): string {
  return join(cacheDir(name), '.installed');
}

/** The directory of what is in the cache, when it is completely installed. */
export function installedDir(name: Cached): string | undefined {
  return existsSync(installedMarker(name)) ? cacheDir(name) : undefined;
}
