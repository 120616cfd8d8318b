import { Code, type Metadata, type Status } from '../transport/call.ts';
import type { HttpExchange } from '../transport/http-exchange.ts';

export const HTTP_STATUS: Readonly<Record<Code, number>> = {
  [Code.OK]: 200,
  [Code.CANCELLED]: 499,
  [Code.UNKNOWN]: 500,
  [Code.INVALID_ARGUMENT]: 400,
  [Code.DEADLINE_EXCEEDED]: 504,
  [Code.NOT_FOUND]: 404,
  [Code.ALREADY_EXISTS]: 409,
  [Code.PERMISSION_DENIED]: 403,
  [Code.RESOURCE_EXHAUSTED]: 429,
  [Code.FAILED_PRECONDITION]: 400,
  [Code.ABORTED]: 409,
  [Code.OUT_OF_RANGE]: 400,
  [Code.UNIMPLEMENTED]: 501,
  [Code.INTERNAL]: 500,
  [Code.UNAVAILABLE]: 503,
  [Code.DATA_LOSS]: 500,
  [Code.UNAUTHENTICATED]: 401,
};

/** Headers that belong to this connection or to the body that we write: a user function cannot set them. */
const OUR_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const BASE64 = /^[\w+/-]*={0,2}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Names and values of all of a reply's metadata together: with more the connection breaks, at the client or before. */
const METADATA_MAX_BYTES = 16 * 1_024;

/**
 * The entries of a reply's metadata that can be response headers: texts that HTTP can carry, and bytes under names that end
 * in `-bin`. A text under such a name is taken for base64. What does not fit into 16 KiB is left out.
 */
export function replyHeaders(metadata: Metadata): Metadata {
  const headers: (readonly [string, string | Uint8Array])[] = [];
  for (const [key, value] of metadata) {
    const name = key.toLowerCase();
    if (OUR_HEADERS.has(name) || !HEADER_NAME.test(name)) continue;
    if (!name.endsWith('-bin')) {
      if (typeof value === 'string' && HEADER_VALUE.test(value)) headers.push([name, value]);
    } else if (typeof value !== 'string') headers.push([name, value]);
    else if (BASE64.test(value)) headers.push([name, Buffer.from(value, 'base64')]);
  }
  let room = METADATA_MAX_BYTES;
  return headers.filter(([name, value]) => {
    const rest = room - name.length - value.length;
    if (rest >= 0) room = rest;
    return rest >= 0;
  });
}

export function isHeader(name: string, value: string): boolean {
  return value.length <= METADATA_MAX_BYTES && HEADER_NAME.test(name) && HEADER_VALUE.test(value);
}

/**
 * Answers with an error: `google.rpc.Status` as JSON, with the HTTP status of its code or `httpStatus`. A bare text goes out as it is,
 * as the protocol demands, unless the client asks for JSON.
 */
export function respondError(
  exchange: HttpExchange,
  status: Status,
  httpStatus = HTTP_STATUS[status.code],
  headers: Metadata = [],
): void {
  if (status.bare === true && !acceptsJson(exchange.headers)) respondText(exchange, 500, status.message);
  else exchange.respond(httpStatus, [['content-type', 'application/json'], ...headers], statusJson(status));
}

/** `google.rpc.Status` as JSON. */
export function statusJson({ code, message }: Status): string {
  return JSON.stringify({ code, message });
}

export function respondText(exchange: HttpExchange, httpStatus: number, text: string): void {
  exchange.respond(httpStatus, [['content-type', 'text/plain; charset=UTF-8']], text);
}

function acceptsJson(headers: Metadata): boolean {
  return acceptedTypes(headers).some((type) => /^application\/(?:[\w.-]+\+|x-nd)?json$/.test(type));
}

/** Whether the client names the media type in `Accept`; ranges such as `text/*` name none. */
export function accepts(headers: Metadata, type: string): boolean {
  return acceptedTypes(headers).includes(type);
}

function acceptedTypes(headers: Metadata): readonly string[] {
  return headers.flatMap(([name, value]) =>
    name === 'accept' && typeof value === 'string'
      ? value
          .split(',')
          .map((range) => range.split(';').map((part) => part.trim().toLowerCase()))
          .flatMap(([type = '', ...parameters]) => (parameters.some((one) => /^q=0(\.0*)?$/.test(one)) ? [] : type))
      : [],
  );
}
