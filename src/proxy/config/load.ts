import { readBackendLayer } from './backend-variables.ts';
import { ConfigError } from './errors.ts';
import { readFileLayer } from './file.ts';
import { CONFIG_KEYS, findKey } from './keys.ts';
import { configSchema, type ProxyConfig } from './schema.ts';
import { isSecretReference, readSecret } from './secrets.ts';
import { assign, formatOrigin, merge, type Layer, type Setting } from './settings.ts';
import { findMistypedVariables, readEnvironmentLayer, readFlagLayer, type FlagValue } from './texts.ts';

/** What a configuration is made of, the weakest first. */
export interface ConfigSources {
  /** Take the place of the schema's own defaults, by path. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Path of a YAML file. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly FlagValue[];
}

export interface LoadedConfig {
  readonly config: ProxyConfig;
  /** Every value as it was written and where, in the order of the schema. */
  readonly settings: readonly Setting[];
  /** What has no effect, and was probably meant to have one. */
  readonly warnings: readonly string[];
}

/** Throws `ConfigError` with everything that is wrong. */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const problems: string[] = [];
  const below = [
    defaultLayer(Object.fromEntries(CONFIG_KEYS.map((key) => [key.path, key.byDefault]))),
    defaultLayer(sources.defaults ?? {}),
    sources.file === undefined ? new Map<string, Setting>() : await readFileLayer(sources.file, problems),
  ];
  const above = [await readEnvironmentLayer(sources.env, problems), await readFlagLayer(sources.flags ?? [], problems)];
  const driver = merge([...below, ...above]).get('store.driver')?.value;
  const settings = inOrder(mergeBackend(merge(below), readBackendLayer(driver, sources.env, problems), above));
  const written = await nest(settings, sources.env, problems);
  const parsed = configSchema.safeParse(written);
  for (const issue of parsed.error?.issues ?? []) problems.push(describe(issue, settings));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return { config: parsed.data, settings, warnings: findMistypedVariables(sources.env) };
}

/** A layer above that names the store must not take away what the backend's own variables say of it. */
function mergeBackend(below: Layer, backend: Layer, above: readonly Layer[]): Layer {
  const merged = merge([below, ...above]);
  for (const [path, setting] of backend) if (!above.some((layer) => layer.has(path))) merged.set(path, setting);
  return merged;
}

function defaultLayer(values: Readonly<Record<string, unknown>>): Layer {
  const layer: Layer = new Map();
  const problems: string[] = [];
  for (const [path, value] of Object.entries(values)) {
    if (value !== undefined) assign(layer, { path, value, origin: { from: 'default' } }, problems);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return layer;
}

function inOrder(layer: Layer): readonly Setting[] {
  const settings = [...layer.values()];
  return CONFIG_KEYS.flatMap((key) => settings.filter((setting) => findKey(setting.path) === key));
}

/** The settings as the schema takes them: an object of sections, secrets in their places. */
async function nest(settings: readonly Setting[], env: ConfigSources['env'], problems: string[]): Promise<unknown> {
  const root = emptyObject();
  for (const { path, value, origin } of settings) {
    const key = findKey(path);
    if (key === undefined) continue;
    const names = [...key.field, ...path.split('.').slice(key.field.length)];
    const last = names.pop() ?? '';
    let target = root;
    for (const name of names) target = child(target, name);
    const read = key.open && isSecretReference(value) ? await readSecret(value, env) : { value };
    if ('problem' in read) problems.push(`${formatOrigin(origin)}: "${path}": ${read.problem}`);
    else target[last] = read.value;
  }
  return root;
}

interface Nested {
  [name: string]: unknown;
}

// Without a prototype: a key may have any name.
function emptyObject(): Nested {
  return Object.create(null) as Nested;
}

function child(parent: Nested, name: string): Nested {
  const known = parent[name];
  if (typeof known === 'object' && known !== null) return known as Nested;
  const made = emptyObject();
  parent[name] = made;
  return made;
}

function describe(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
  settings: readonly Setting[],
): string {
  const key = CONFIG_KEYS.find(({ field }) => field.every((name, index) => name === issue.path[index]));
  const setting = settings.find(({ path }) => path === key?.path);
  if (key === undefined || setting === undefined) return `${issue.path.join('.')}: ${issue.message}`;
  const got = key.open ? '' : `, got ${JSON.stringify(setting.value)}`;
  return `${formatOrigin(setting.origin)}: "${key.path}" expects ${issue.message}${got}`;
}
