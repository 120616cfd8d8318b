import { findKey, nearestPath } from './keys.ts';
import { isSecretReference } from './secrets.ts';

/** Where a value comes from. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly file: string; readonly line: number }
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'flag'; readonly flag: string };

/** One value as it was written: a secret is still the reference to it. */
export interface Setting {
  /** As in files; below an open key it is the path of the leaf, such as `store.config.tls.key`. */
  readonly path: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** What one source says, by path. */
export type Layer = Map<string, Setting>;

export function formatOrigin(origin: Origin): string {
  switch (origin.from) {
    case 'default':
      return 'default';
    case 'file':
      return `file ${origin.file}:${origin.line}`;
    case 'env':
      return `env ${origin.name}`;
    case 'flag':
      return `flag ${origin.flag}`;
    default:
      return origin satisfies never;
  }
}

/** Adds a value to a layer. What cannot be said in it goes to `problems`. */
export function assign(layer: Layer, setting: Setting, problems: string[]): void {
  const { path, value, origin } = setting;
  if (path === 'store' && typeof value === 'string') {
    const colon = value.indexOf(':');
    assign(layer, { path: 'store.driver', value: colon < 0 ? value : value.slice(0, colon), origin }, problems);
    if (colon >= 0) assign(layer, { path: 'store.short', value: value.slice(colon + 1), origin }, problems);
    return;
  }
  const key = findKey(path);
  if (key === undefined) {
    problems.push(`${formatOrigin(origin)}: unknown key "${path}", the nearest is "${nearestPath(path)}"`);
  } else if (key.open && isPlainObject(value) && !isSecretReference(value)) {
    for (const [name, inner] of Object.entries(value))
      assign(layer, { path: `${path}.${name}`, value: inner, origin }, problems);
  } else if (layer.has(path)) {
    problems.push(`${formatOrigin(origin)}: "${path}" is given twice`);
  } else {
    layer.set(path, setting);
  }
}

/** Later layers win, key by key; but a layer that names a store takes over none of the settings of another one, or of another short form. */
export function merge(layers: readonly Layer[]): Layer {
  const merged: Layer = new Map();
  for (const layer of layers) {
    const driver = layer.get('store.driver')?.value;
    if (driver !== undefined && (driver !== merged.get('store.driver')?.value || layer.has('store.short'))) {
      for (const path of merged.keys()) if (/^store\.(short|config)(\.|$)/.test(path)) merged.delete(path);
    }
    for (const [path, setting] of layer) merged.set(path, setting);
  }
  return merged;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
