const DURATIONS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const SIZES = { GiB: 2 ** 30, GB: 1e9, MiB: 2 ** 20, MB: 1e6, KiB: 2 ** 10, kB: 1e3, KB: 1e3, B: 1 };

/** `500ms`, `30s`, `1m`, `1h`, `1d`, or a bare number of milliseconds; undefined when it is none of these. */
export function parseDurationMs(written: string | number): number | undefined {
  return parse(written, DURATIONS);
}

/** `12MiB`, `64KiB`, `1MB`, or a bare number of bytes; undefined when it is none of these. */
export function parseSizeBytes(written: string | number): number | undefined {
  return parse(written, SIZES);
}

/** The shortest exact form that `parseDurationMs` reads back. */
export function formatDurationMs(ms: number): string {
  return format(ms, DURATIONS);
}

/** The shortest exact form that `parseSizeBytes` reads back. */
export function formatSizeBytes(bytes: number): string {
  return format(bytes, SIZES);
}

function parse(written: string | number, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^(\d+) ?([A-Za-z]*)$/.exec(String(written).trim()) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const factor = unit === '' ? 1 : units[unit];
  if (factor === undefined) return undefined;
  const value = Number(digits) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

function format(value: number, units: Readonly<Record<string, number>>): string {
  const exact = Object.entries(units).find(([, bytesOrMs]) => value !== 0 && value % bytesOrMs === 0);
  const [unit, factor] = exact ?? ['', 1];
  return `${value / factor}${unit}`;
}
