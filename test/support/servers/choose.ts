import type { ServerName } from './recipe.ts';

/** What the choice of a server asks of the machine. */
export interface ServerProbes<Installed> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The image for a server; undefined where none may be used without somebody's consent. */
  containerImage(name: ServerName): string | undefined;
  dockerAnswers(): Promise<boolean>;
  findInstalled(name: ServerName): Promise<Installed | undefined>;
}

export type ServerChoice<Installed> =
  | { readonly from: 'environment'; readonly url: string; readonly kind: 'real' | 'emulated' }
  | { readonly from: 'container'; readonly image: string }
  | { readonly from: 'installed'; readonly installed: Installed }
  | { readonly from: 'nowhere'; readonly reason: string };

/**
 * Where a test's server comes from: an address in the environment, a container, what the machine or the cache has; else
 * nowhere, with the reason. `own` leaves the first out: for a test that stops its server or needs settings of its own.
 */
export async function chooseServer<Installed>(
  name: ServerName,
  own: boolean,
  probes: ServerProbes<Installed>,
): Promise<ServerChoice<Installed>> {
  const prefix = `STATEGATE_TEST_${name.toUpperCase()}`;
  const url = probes.env[`${prefix}_URL`];
  if (url !== undefined && url !== '' && !own) {
    const kind = probes.env[`${prefix}_KIND`] ?? 'real';
    if (kind !== 'real' && kind !== 'emulated')
      throw new Error(`${prefix}_KIND must be real or emulated, not "${kind}"`);
    return { from: 'environment', url, kind };
  }
  const image = probes.containerImage(name);
  const docker = probes.env['STATEGATE_TEST_DOCKER'] !== 'off';
  if (image !== undefined && docker && (await probes.dockerAnswers())) return { from: 'container', image };
  const installed = await probes.findInstalled(name);
  if (installed !== undefined) return { from: 'installed', installed };
  return { from: 'nowhere', reason: missingText(name, prefix, own) };
}

function missingText(name: ServerName, prefix: string, own: boolean): string {
  const why = own ? 'this test needs one of its own' : `${prefix}_URL is not set`;
  return `no ${name} server: ${why}, no container could be used, none is installed (npm run test:install ${name})`;
}
