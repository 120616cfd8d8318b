import { textOf } from '../transport/call.ts';
import { BadContentEncoding } from '../transport/compressed-exchange.ts';
import { gunzip } from '../transport/compression.ts';
import { connectTimeoutMs, refusalOf } from '../transport/connect-stream.ts';
import { BodyTooLarge, type HttpExchange } from '../transport/http-exchange.ts';
import { BadRequest } from './bad-request.ts';

export type ConnectEncoding = 'proto' | 'json';

/** A request of the Connect protocol, before its message is read. */
export type ConnectRequest =
  | { readonly kind: 'post'; readonly path: string; readonly encoding: ConnectEncoding }
  | { readonly kind: 'get'; readonly path: string; readonly query: URLSearchParams }
  | { readonly kind: 'stream'; readonly path: string };

/**
 * What tells Connect from other HTTP on the same paths: the content type `application/proto`; `application/json` together with
 * `connect-protocol-version`; and `connect=v1` in the query of a GET.
 */
export function recogniseConnect({ method, target, headers }: HttpExchange): ConnectRequest | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (method === 'GET') {
    if (!target.includes('connect=v1')) return undefined;
    const query = new URLSearchParams(target.slice(path.length));
    return query.get('connect') === 'v1' ? { kind: 'get', path, query } : undefined;
  }
  if (method !== 'POST') return undefined;
  const [type = ''] = (textOf(headers, 'content-type') ?? '').toLowerCase().split(';');
  switch (type.trim()) {
    case 'application/proto':
      return { kind: 'post', path, encoding: 'proto' };
    case 'application/json':
      return textOf(headers, 'connect-protocol-version') === undefined
        ? undefined
        : { kind: 'post', path, encoding: 'json' };
    default:
      return type.startsWith('application/connect+') ? { kind: 'stream', path } : undefined;
  }
}

/** The time that the caller allows, if it says so. Throws `BadRequest`. */
export function connectDeadlineMs({ headers }: HttpExchange): number | undefined {
  const timeout = textOf(headers, 'connect-timeout-ms');
  const refusal = refusalOf(textOf(headers, 'connect-protocol-version'), timeout, undefined);
  if (refusal !== undefined) throw new BadRequest(refusal.message);
  return connectTimeoutMs(timeout) ?? undefined;
}

/** The message of a GET. Throws `BadRequest`, `BadContentEncoding` and `BodyTooLarge`. */
export function readConnectQuery(query: URLSearchParams, maxBytes: number): [ConnectEncoding, Uint8Array] {
  const encoding = query.get('encoding');
  if (encoding !== 'proto' && encoding !== 'json')
    throw new BadRequest(`the query has encoding=${encoding ?? ''}: send proto or json`);
  const message = Buffer.from(query.get('message') ?? '', query.get('base64') === '1' ? 'base64url' : 'utf8');
  const compression = query.get('compression') ?? 'identity';
  if (compression === 'identity') return [encoding, message];
  if (compression !== 'gzip')
    throw new BadContentEncoding(`compression=${compression} is not understood: send gzip or identity`, true);
  const inflated = gunzip(message, maxBytes);
  if (inflated === 'too-large') throw new BodyTooLarge(maxBytes);
  if (inflated === 'corrupt') throw new BadRequest('the message of the query is not gzip, as its compression says');
  return [encoding, inflated];
}
