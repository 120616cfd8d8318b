import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type Metadata, textOf } from './call.ts';
import { acceptsGzip, COMPRESS_FROM_BYTES, type Compression, GZIP_OPTIONS, toGunzipError } from './compression.ts';
import { BodyTooLarge, type HttpExchange } from './http-exchange.ts';

const inflate = promisify(gunzip);
const deflate = promisify<Uint8Array | string, typeof GZIP_OPTIONS, Buffer>(gzip);

const COMPRESSIBLE = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|proto|xml|yaml|javascript)\b)/i;

/** The body is compressed in a way that we cannot undo, or not in the way it says: HTTP 415 or 400. */
export class BadContentEncoding extends Error {
  readonly isUnknown: boolean;

  constructor(message: string, isUnknown: boolean) {
    super(message);
    this.isUnknown = isUnknown;
  }
}

/** An exchange whose body may come with `Content-Encoding: gzip`, and whose answer leaves so when the client accepts it. */
export function withCompression(compression: Compression, exchange: HttpExchange): HttpExchange {
  const encoding = textOf(exchange.headers, 'content-encoding')?.trim().toLowerCase();
  const compresses = compression !== 'never' && acceptsGzip(textOf(exchange.headers, 'accept-encoding'));
  const isEncoded = encoding !== undefined && encoding !== 'identity';
  if (!isEncoded && !compresses) return exchange;
  return {
    method: exchange.method,
    target: exchange.target,
    headers: exchange.headers,
    body: (limitBytes) => (isEncoded ? readEncoded(exchange, encoding, limitBytes) : exchange.body(limitBytes)),
    respond(status, headers, body) {
      if (compresses && isWorthIt(headers, body)) void respondCompressed(exchange, status, headers, body);
      else exchange.respond(status, headers, body);
    },
    begin: (status, headers, onDrain) => exchange.begin(status, headers, onDrain),
    onAbort: (listener) => exchange.onAbort(listener),
  };
}

async function readEncoded(exchange: HttpExchange, encoding: string, limitBytes: number): Promise<Uint8Array> {
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new BadContentEncoding(`the content encoding "${encoding}" is not understood: send gzip or identity`, true);
  const body = await exchange.body(limitBytes);
  try {
    return await inflate(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if (toGunzipError(error) === 'too-large') throw new BodyTooLarge(limitBytes);
    throw new BadContentEncoding('the body is not gzip, as its content encoding says', false);
  }
}

function isWorthIt(headers: Metadata, body: Uint8Array | string): boolean {
  return (
    Buffer.byteLength(body) >= COMPRESS_FROM_BYTES &&
    textOf(headers, 'content-encoding') === undefined &&
    COMPRESSIBLE.test(textOf(headers, 'content-type') ?? '')
  );
}

async function respondCompressed(
  exchange: HttpExchange,
  status: number,
  headers: Metadata,
  body: Uint8Array | string,
): Promise<void> {
  const compressed = await deflate(body, GZIP_OPTIONS);
  exchange.respond(status, [...headers, ['content-encoding', 'gzip'], ['vary', 'accept-encoding']], compressed);
}
