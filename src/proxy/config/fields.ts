import { z } from 'zod';
import { parseDurationMs, parseSizeBytes } from './units.ts';

// A timer of Node that is longer than this fires at once.
const LONGEST_MS = 2 ** 31 - 1;

export function section<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  return z.strictObject(shape).prefault(() => ({}) as z.input<z.ZodObject<Shape>>);
}

// Environment and flags only carry text: every setting also reads its own text. The messages say what was expected.

export function host(byDefault: string) {
  return z.string('a host name or an address').min(1, 'a host name or an address').prefault(byDefault);
}

export function port(byDefault: number, least = 0) {
  return number(parseCount, { expected: `a port, ${least} … 65535`, least, most: 65_535 }).prefault(byDefault);
}

export function count(byDefault: number, least = 0) {
  return number(parseCount, { expected: `a whole number from ${least}`, least }).prefault(byDefault);
}

export function duration(byDefault: string, least = 1) {
  const expected = `a duration such as 500ms, 30s or 1m, ${least === 0 ? '' : 'above 0 and '}below 24 days`;
  return number(parseDurationMs, { expected, least, most: LONGEST_MS }).prefault(byDefault);
}

export function size(byDefault: string) {
  return number(parseSizeBytes, { expected: 'a size such as 64KiB or 12MiB, above 0', least: 1 }).prefault(byDefault);
}

export function ratio(byDefault: number) {
  return number((written) => (/^(0|1|0?\.\d+|1\.0+)$/.test(String(written)) ? Number(written) : undefined), {
    expected: 'a number from 0 to 1',
    least: 0,
    most: 1,
  }).prefault(byDefault);
}

export function bool(byDefault: boolean) {
  return z
    .union([z.boolean(), z.enum(['true', 'false'])], 'true or false')
    .transform((written) => String(written) === 'true')
    .prefault(byDefault);
}

/** None by default. A text is a list separated by commas. */
export function list(expected: string) {
  return z
    .union([z.array(z.string(expected)), z.string()], expected)
    .transform((written) => (typeof written === 'string' ? written.split(',') : written).map((one) => one.trim()))
    .transform((items) => items.filter((item) => item !== ''))
    .prefault([]);
}

export function pemFile() {
  return z.string('the path of a file').min(1, 'the path of a file').optional();
}

/** The first value is the default. */
export function choice<const Value extends string>(...values: [Value, ...Value[]]) {
  return z.enum(values, `one of ${values.join(', ')}`).prefault(values[0]);
}

interface NumberRange {
  readonly expected: string;
  readonly least: number;
  readonly most?: number;
}

function number(parse: (written: string | number) => number | undefined, { expected, least, most }: NumberRange) {
  return z.union([z.number(), z.string()], expected).transform((written, context) => {
    const value = parse(written);
    if (value !== undefined && value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

function parseCount(written: string | number): number | undefined {
  const value = /^\d+$/.test(String(written)) ? Number(written) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
