import { CliError } from './errors.ts';

/** The whole number given with a flag, from 1; undefined when the flag is absent. */
export function readNumber(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const written = options[name];
  if (typeof written !== 'string') return undefined;
  const value = Number(written);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new CliError(`--${name} ${written}: expected a whole number from 1`);
}
