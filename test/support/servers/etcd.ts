import { join } from 'node:path';
import { findProgram, run } from './programs.ts';
import { flags, type InstalledServer } from './recipe.ts';

/** etcd from the distribution's package, one member. A setting `name: value` becomes `--name value`. */
export async function findEtcd(): Promise<InstalledServer | undefined> {
  const program = await findProgram('etcd');
  if (program === undefined) return undefined;
  const version = (await run(program, ['--version'])).replace(/^.*etcd Version: (\S+).*$/s, '$1');
  return {
    product: `etcd ${version}`,
    kind: 'real',
    startMs: 30_000,
    command({ dir, port, secondPort }, settings) {
      const [clients, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${secondPort}`];
      const addresses = {
        'data-dir': join(dir, 'data'),
        'listen-client-urls': clients,
        'advertise-client-urls': clients,
        'listen-peer-urls': peers,
        'initial-advertise-peer-urls': peers,
        'initial-cluster': `default=${peers}`,
      };
      return { program, args: flags({ ...addresses, ...settings }) };
    },
  };
}
