import { hash } from 'node:crypto';

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

/** Names of up to 1 KiB each, together, are too long for an index: their digest is not. */
export function digest(...names: readonly string[]): Buffer {
  // Three times as fast as when a buffer is asked for.
  return Buffer.from(hash('sha256', JSON.stringify(names)), 'hex');
}
