import { type Metadata, textOf } from './call.ts';
import type { HttpExchange, ResponseBody } from './http-exchange.ts';

/** Which pages in a browser may call: `api.cors`. */
export interface CorsPolicy {
  /** `https://app.example.org`, or `*` for all; none: the browser allows nobody else's pages. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
}

/** How long a browser may remember the answer to a preflight. */
const MAX_AGE_S = 7_200;
/** What a page may read without being told so. */
const ALWAYS_READABLE = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]);

/** Adds what a browser asks for before it shows the answer to the page of `origin`. */
export function corsHeaders(policy: CorsPolicy, origin: string | undefined, headers: Metadata): Metadata {
  if (origin === undefined || policy.origins.length === 0) return headers;
  const vary: Metadata = policy.origins.includes('*') ? [] : [['vary', 'origin']];
  if (!isAllowed(policy, origin)) return [...headers, ...vary];
  const readable = [...new Set(headers.map(([name]) => name))].filter((name) => !ALWAYS_READABLE.has(name));
  return [
    ...headers,
    ...allowOrigin(policy, origin),
    ...(readable.length > 0 ? [['access-control-expose-headers', readable.join(', ')] as const] : []),
    ...vary,
  ];
}

/** Answers a browser that asks whether it may send a request; false: this is none, or nobody has said who may. */
export function answerPreflight(policy: CorsPolicy, exchange: HttpExchange): boolean {
  const origin = textOf(exchange.headers, 'origin');
  const method = textOf(exchange.headers, 'access-control-request-method');
  if (policy.origins.length === 0 || exchange.method !== 'OPTIONS' || origin === undefined || method === undefined)
    return false;
  if (!isAllowed(policy, origin)) {
    const text = `pages of ${origin} may not call this API: api.cors.origins does not name them\n`;
    exchange.respond(403, [['content-type', 'text/plain; charset=utf-8']], text);
    return true;
  }
  const wanted = textOf(exchange.headers, 'access-control-request-headers');
  exchange.respond(
    204,
    [
      ...allowOrigin(policy, origin),
      ['access-control-allow-methods', method],
      ...(wanted === undefined ? [] : [['access-control-allow-headers', wanted] as const]),
      ['access-control-max-age', String(MAX_AGE_S)],
      ['vary', 'origin, access-control-request-method, access-control-request-headers'],
    ],
    '',
  );
  return true;
}

/** An exchange whose answer a page of another origin may read. */
export function withCors(policy: CorsPolicy, exchange: HttpExchange): HttpExchange {
  const origin = textOf(exchange.headers, 'origin');
  if (origin === undefined || policy.origins.length === 0) return exchange;
  return {
    method: exchange.method,
    target: exchange.target,
    headers: exchange.headers,
    body: (limitBytes) => exchange.body(limitBytes),
    respond: (status, headers, body) => exchange.respond(status, corsHeaders(policy, origin, headers), body),
    begin: (status, headers, onDrain): ResponseBody =>
      exchange.begin(status, corsHeaders(policy, origin, headers), onDrain),
    onAbort: (listener) => exchange.onAbort(listener),
  };
}

function isAllowed({ origins }: CorsPolicy, origin: string): boolean {
  return origins.includes('*') || origins.includes(origin);
}

function allowOrigin({ origins, credentials }: CorsPolicy, origin: string): Metadata {
  return [
    ['access-control-allow-origin', origins.includes('*') ? '*' : origin],
    ...(credentials ? [['access-control-allow-credentials', 'true'] as const] : []),
  ];
}
