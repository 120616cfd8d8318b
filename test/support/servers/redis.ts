import { findProgram, run } from './programs.ts';
import type { InstalledServer } from './recipe.ts';

/** As durable as Redis can be: what a test wants otherwise it says in its settings. */
const DURABLE = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction', save: '' };

/** Redis from the distribution's package. A setting `name: value` becomes `--name value`. */
export async function findRedis(): Promise<InstalledServer | undefined> {
  const program = await findProgram('redis-server');
  if (program === undefined) return undefined;
  const version = (await run(program, ['--version'])).replace(/^.*v=(\S+).*$/s, '$1');
  return {
    product: `Redis ${version}`,
    kind: 'real',
    startMs: 20_000,
    command: ({ dir, port }, settings) => ({ program, args: redisArgs({ port: String(port), dir, ...settings }) }),
  };
}

export function redisArgs(settings: Readonly<Record<string, string>>): readonly string[] {
  const all = { bind: '127.0.0.1', ...DURABLE, ...settings };
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
}
