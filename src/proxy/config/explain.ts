import type { LoadedConfig } from './load.ts';
import { isSecretReference } from './secrets.ts';
import { formatOrigin, type Setting } from './settings.ts';

/** What must not be printed: the paths below `store.config` that the driver names, or all of them when nobody can say. */
export type SecretPaths = readonly string[] | 'all';

const HIDDEN = '***';

/** One line for each value, with its origin: `api.port = 9000   (env HTTP_PORT)`. */
export function explainConfig({ settings }: LoadedConfig, secrets: SecretPaths): string {
  const lines = settings.map((setting) => {
    const value = redact(setting, secrets);
    return [
      `${setting.path} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      formatOrigin(setting.origin),
    ] as const;
  });
  const width = Math.max(...lines.map(([text]) => text.length));
  return lines.map(([text, origin]) => `${text.padEnd(width)}   (${origin})\n`).join('');
}

/** The same values as a file that can be loaded again, but for the secrets that were written down. */
export async function printConfig({ settings }: LoadedConfig, secrets: SecretPaths): Promise<string> {
  const { Document } = await import('yaml');
  const document = new Document({});
  for (const setting of settings) document.setIn(setting.path.split('.'), redact(setting, secrets));
  return document.toString({ lineWidth: 0 });
}

/** A reference to a secret says nothing and stays readable; so does an address, without its password. */
function redact({ path, value }: Setting, secrets: SecretPaths): unknown {
  const below = /^store\.config\.(.*)$/.exec(path)?.[1];
  if (below !== undefined && !isSecretReference(value)) {
    if (secrets === 'all' || secrets.some((secret) => below === secret || below.startsWith(`${secret}.`)))
      return HIDDEN;
  }
  return typeof value === 'string' ? value.replace(/(\/\/[^/@]*:)[^/@]*@/, `$1${HIDDEN}@`) : value;
}
