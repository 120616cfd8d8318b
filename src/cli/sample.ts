import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How to start the shopping cart; undefined outside of the repository, where it is not installed. */
export function findSample(): readonly [program: string, ...args: string[]] | undefined {
  const root = import.meta.url.endsWith('.ts') ? '../..' : '../../..';
  const manifest = fileURLToPath(new URL(`${root}/examples/shopping-cart/package.json`, import.meta.url));
  if (!existsSync(manifest)) return undefined;
  const { main } = JSON.parse(readFileSync(manifest, 'utf8')) as { main: string };
  return [
    process.execPath,
    '--conditions=source',
    fileURLToPath(new URL(`${root}/examples/shopping-cart/${main}`, import.meta.url)),
  ];
}
