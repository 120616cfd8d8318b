import { z } from 'zod';
import { configSchema } from './schema.ts';

/** One setting, as users know it. */
export interface ConfigKey {
  /** As in files and behind `--set`: `userFunction.commandTimeout`. */
  readonly path: string;
  /** Where it is in `ProxyConfig`: `['userFunction', 'commandTimeoutMs']`. */
  readonly field: readonly string[];
  /** Names in the environment, the strongest first. */
  readonly env: readonly string[];
  readonly meaning: string;
  /** As a user would write it; absent when there is none. */
  readonly byDefault?: unknown;
  /** Takes any keys below it: they are somebody else's to check. */
  readonly open: boolean;
}

/** The names that the reference proxy and OpenTelemetry read. */
const ALIASES: Readonly<Record<string, string>> = {
  'api.port': 'HTTP_PORT',
  'userFunction.host': 'USER_FUNCTION_HOST',
  'userFunction.port': 'USER_FUNCTION_PORT',
  'metrics.host': 'METRICS_HOST',
  'metrics.port': 'METRICS_PORT',
  'traces.endpoint': 'OTEL_EXPORTER_OTLP_ENDPOINT',
  'traces.serviceName': 'OTEL_SERVICE_NAME',
};

/** Every setting, in the order of the schema. */
export const CONFIG_KEYS: readonly ConfigKey[] = toKeys([], configSchema);

const SECTIONS: ReadonlySet<string> = new Set(
  CONFIG_KEYS.flatMap(({ field }) => field.slice(1).map((_, index) => field.slice(0, index + 1).join('.'))),
);

export function isSection(path: string): boolean {
  return SECTIONS.has(path);
}

/** The setting that a path belongs to: its own, or the open one above it. */
export function findKey(path: string): ConfigKey | undefined {
  return CONFIG_KEYS.find((key) => key.path === path || (key.open && path.startsWith(`${key.path}.`)));
}

/** The name in the environment. */
export function toEnvName(path: string): string {
  return `STATEGATE_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;
}

/** The known path that looks most like this one, or has the same last word. */
export function nearestPath(path: string): string {
  const known = [...Object.keys(configSchema.shape), ...CONFIG_KEYS.map((key) => key.path), ...SECTIONS];
  return nearest(path, known, (one) => Math.min(distance(path, one), 1 + distance(lastWord(path), lastWord(one))));
}

export function nearest(to: string, candidates: readonly string[], rate = (one: string) => distance(to, one)): string {
  return candidates.reduce((best, one) => (rate(one) < rate(best) ? one : best), candidates[0] ?? '');
}

/** Letters to insert, remove or replace to make one text of the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of a.split('').entries()) {
    const next = [index + 1];
    for (const [column, other] of b.split('').entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function toKeys(above: readonly string[], { shape }: z.ZodObject): readonly ConfigKey[] {
  return Object.entries<z.ZodType>(shape).flatMap(([name, schema]) => {
    const field = [...above, name];
    const inner = schema instanceof z.ZodPrefault ? schema.def.innerType : schema;
    return inner instanceof z.ZodObject ? toKeys(field, inner) : [toKey(field, schema)];
  });
}

function toKey(field: readonly string[], schema: z.ZodType): ConfigKey {
  const path = field.join('.').replace(/Ms$/, '');
  const inner = schema instanceof z.ZodPrefault ? schema.def.innerType : schema;
  return {
    path,
    field,
    env: [toEnvName(path), ...(ALIASES[path] === undefined ? [] : [ALIASES[path]])],
    meaning: schema.description ?? '',
    ...(schema instanceof z.ZodPrefault ? { byDefault: schema.def.defaultValue } : {}),
    open: inner instanceof z.ZodRecord,
  };
}

function lastWord(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
