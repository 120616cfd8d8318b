import { CONFIG_KEYS, distance, findKey, nearest, toEnvName } from './keys.ts';
import { assign, formatOrigin, type Layer, type Setting } from './settings.ts';

/** A value given on the command line. */
export interface FlagValue {
  /** As it was written, for messages: `--port`. */
  readonly flag: string;
  readonly path: string;
  readonly value: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says: `STATEGATE_<PATH>` for every key, and the names of the reference proxy. An empty value says nothing. */
export async function readEnvironmentLayer(environment: Environment, problems: string[]): Promise<Layer> {
  const layer: Layer = new Map();
  for (const { path, names } of ENVIRONMENT) {
    const name = names.find((one) => environment[one] !== undefined && environment[one] !== '');
    if (name === undefined) continue;
    await assignText(layer, { path, value: environment[name], origin: { from: 'env', name } }, problems);
  }
  return layer;
}

/** Variables that look like a mistyped one of ours. Others that start with `STATEGATE_` belong to somebody else. */
export function findMistypedVariables(environment: Environment): readonly string[] {
  const known = ENVIRONMENT.flatMap(({ names }) => names);
  return Object.keys(environment).flatMap((name) => {
    if (!name.startsWith('STATEGATE_') || known.includes(name)) return [];
    const closest = nearest(name, known);
    return distance(name, closest) > 2
      ? []
      : [`the environment variable ${name} is not known and has no effect; did you mean ${closest}?`];
  });
}

export async function readFlagLayer(flags: readonly FlagValue[], problems: string[]): Promise<Layer> {
  const layer: Layer = new Map();
  for (const { flag, path, value } of flags)
    await assignText(layer, { path, value, origin: { from: 'flag', flag } }, problems);
  return layer;
}

const ENVIRONMENT = [
  { path: 'store', names: [toEnvName('store')] },
  ...CONFIG_KEYS.map((key) => ({ path: key.path, names: key.env })),
];

/** Settings of a driver may be of any type: their text is read as YAML, which JSON is a part of. */
async function assignText(layer: Layer, setting: Setting, problems: string[]): Promise<void> {
  let value = setting.value;
  if (findKey(setting.path)?.open) {
    const { parse } = await import('yaml');
    try {
      value = parse(String(value), { maxAliasCount: 0 });
    } catch {
      problems.push(`${formatOrigin(setting.origin)}: "${setting.path}" expects a value as in YAML or JSON`);
      return;
    }
  }
  assign(layer, { ...setting, value }, problems);
}
