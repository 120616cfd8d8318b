import { StoreError } from '../errors.ts';

interface Types {
  readonly string: string;
  readonly number: number;
}

/** The parts of a cursor or offset that is a list in JSON. Throws `InvalidRequest`, which says that it is no `what`. */
export function parseTuple<const Names extends readonly (keyof Types)[]>(
  text: string,
  names: Names,
  what: string,
): { readonly [Index in keyof Names]: Types[Names[Index]] } {
  try {
    const parts: unknown = JSON.parse(text);
    const fits = (name: keyof Types, part: unknown) =>
      name === 'number' ? Number.isSafeInteger(part) && Number(part) >= 0 : typeof part === name;
    if (Array.isArray(parts) && parts.length === names.length && names.every((name, at) => fits(name, parts[at]))) {
      return parts as never;
    }
  } catch {
    // Refused below.
  }
  throw new StoreError('InvalidRequest', `"${text}" is no ${what}`);
}
