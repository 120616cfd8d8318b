import { constants, gunzipSync, gzipSync } from 'node:zlib';

/** Which answers are compressed: `api.compression`. */
export type Compression = 'auto' | 'always' | 'never';

/** What is smaller gains nothing. */
export const COMPRESS_FROM_BYTES = 1_024;
/** What we read and write, as `grpc-accept-encoding` says it. */
export const ENCODINGS = 'identity,gzip';

/** What to tell somebody whose messages cannot be read. */
export function unreadable(encoding: string): string {
  return `messages compressed with "${encoding}" cannot be read: send ${ENCODINGS.replace(',', ' or ')}`;
}

export const GZIP_OPTIONS = { level: constants.Z_BEST_SPEED };

/** Why bytes are not what gzip made, or not for us. */
export type GunzipError = 'too-large' | 'corrupt';

/** At most `maxBytes` are ever written, whatever the bytes promise. */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array | GunzipError {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    return toGunzipError(error);
  }
}

export function toGunzipError(error: unknown): GunzipError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'corrupt';
}

export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, GZIP_OPTIONS);
}

/** Whether a list such as `identity, gzip;q=0.5` has gzip. */
export function acceptsGzip(list: string | undefined): boolean {
  if (list === undefined) return false;
  return list.split(',').some((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
