const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** A line of the proxy's JSON log for a person at a terminal: `warn: the sentence (fact=1, other=two)`. */
export function humanLine(json: string): string {
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch {
    return json.trimEnd();
  }
  const { level, msg, time: _, ...facts } = record as Record<string, unknown>;
  const details = Object.entries(facts).map(([name, value]) => `${name}=${text(value)}`);
  return `${LEVELS[Number(level)] ?? 'log'}: ${text(msg ?? '')}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const message = (value as { readonly message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : JSON.stringify(value);
}
