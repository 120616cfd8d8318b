import { StoreError } from '@stategate/journal-spi';

/** What a query returns for each row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A number of a row, undefined when it has none. 64-bit numbers come as objects. */
export function numberOf(row: Row, column: string): number | undefined {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new StoreError('IntegrityError', `the column ${column} holds ${number}, which is no safe integer`);
}

export function requiredNumber(row: Row, column: string): number {
  return numberOf(row, column) ?? missing(column);
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : missing(column);
}

/** Bytes of a row, undefined when it has none. */
export function bytesOf(row: Row, column: string): Uint8Array | undefined {
  const value = row[column];
  return value instanceof Uint8Array ? value : undefined;
}

export function requiredBytes(row: Row, column: string): Uint8Array {
  return bytesOf(row, column) ?? missing(column);
}

function missing(column: string): never {
  throw new StoreError('IntegrityError', `a row has no ${column}: it was changed from outside`);
}
