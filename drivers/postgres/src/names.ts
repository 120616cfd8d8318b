import { hash } from 'node:crypto';

/** Of four bytes at most; behind it in an index there may be another name. */
const MAX_PLACE_LENGTH = 150;

/**
 * PostgreSQL's text takes every character but NUL: it and the character that stands for it are written as two. The order of
 * bytes, and what starts with what, stay the same.
 */
export function toText(value: string): string {
  if (!value.includes('\u0000') && !value.includes('\u0001')) return value;
  return value.replaceAll('\u0001', '\u0001\u0002').replaceAll('\u0000', '\u0001\u0001');
}

export function fromText(text: string): string {
  if (!text.includes('\u0001')) return text;
  return text.replaceAll('\u0001\u0001', '\u0000').replaceAll('\u0001\u0002', '\u0001');
}

/** What these names have together and no others have. For people, unless it is too long for an index. */
export function placeOf(...names: readonly string[]): string {
  const text = JSON.stringify(names);
  return text.length <= MAX_PLACE_LENGTH ? text : hash('sha256', text);
}
