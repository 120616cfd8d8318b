import type { Metadata } from './call.ts';

const TIMEOUT_UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a `grpc-timeout` header such as `250m`; null when it is none. */
export function parseTimeoutMs(value: string): number | null {
  const match = /^(\d{1,8})([HMSmun])$/.exec(value);
  const unit = TIMEOUT_UNIT_MS[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? null : Number(match[1]) * unit;
}

/** `grpc-message` allows printable ASCII but `%`; everything else is percent-encoded as UTF-8. */
export function encodeGrpcMessage(message: string): string {
  return /^[\x20-\x24\x26-\x7e]*$/.test(message)
    ? message
    : Buffer.from(message)
        .toString('latin1')
        .replaceAll(
          /[^\x20-\x24\x26-\x7e]/g,
          (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        );
}

/** Raw header pairs of `node:http` and `node:http2` as metadata: without pseudo-headers and content type, `-bin` values decoded. */
export function toMetadata(raw: readonly string[]): Metadata {
  const metadata: [string, string | Uint8Array][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const value = raw[i + 1] ?? '';
    if (name.startsWith(':') || name === 'content-type') continue;
    if (!name.endsWith('-bin')) metadata.push([name, value]);
    // A list of values may have been joined by commas; base64 has none.
    else for (const part of value.split(',')) metadata.push([name, Buffer.from(part.trim(), 'base64')]);
  }
  return metadata;
}

/** Metadata as an object of headers, repeated names as lists, bytes as base64. */
export function toHeaders(metadata: Metadata): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of metadata) {
    const text = typeof value === 'string' ? value : Buffer.from(value).toString('base64');
    const before = headers[name];
    if (before === undefined) headers[name] = text;
    else headers[name] = Array.isArray(before) ? [...before, text] : [before, text];
  }
  return headers;
}
