import type { Metadata } from './call.ts';

const TIMEOUT_UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a `grpc-timeout` header such as `250m`; null when it is none. */
export function parseTimeoutMs(value: string): number | null {
  const match = /^(\d{1,8})([HMSmun])$/.exec(value);
  const unit = TIMEOUT_UNIT_MS[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? null : Number(match[1]) * unit;
}

/** With the rest of the trailers it must fit into what clients take, of which 8 KiB is the least; more breaks the connection. */
const GRPC_MESSAGE_MAX = 4_096;
const LAST_CHARACTER = /(?:%[C-F][\dA-F](?:%[89AB][\dA-F]){0,3})?(?:%[\dA-F]?)?$/;

/** `grpc-message` allows printable ASCII but `%`; everything else is percent-encoded as UTF-8. What is too long is cut, and ends in `...`. */
export function encodeGrpcMessage(message: string): string {
  const encoded = percentEncoded(message.slice(0, GRPC_MESSAGE_MAX + 1));
  return encoded.length <= GRPC_MESSAGE_MAX
    ? encoded
    : `${encoded.slice(0, GRPC_MESSAGE_MAX - 3).replace(LAST_CHARACTER, '')}...`;
}

function percentEncoded(text: string): string {
  return /^[\x20-\x24\x26-\x7e]*$/.test(text)
    ? text
    : Buffer.from(text)
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
  // Without a prototype: a name such as `constructor` is not there before it is set.
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of metadata) {
    const text = typeof value === 'string' ? value : Buffer.from(value).toString('base64');
    const before = headers[name];
    if (before === undefined) headers[name] = text;
    else headers[name] = Array.isArray(before) ? [...before, text] : [before, text];
  }
  return headers;
}
