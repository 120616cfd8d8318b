import { Code, type Metadata, type Status } from './call.ts';
import { unreadable } from './compression.ts';
import { frameAs } from './grpc-framing.ts';
import { toHeaders } from './grpc-headers.ts';
import type { ServerCallOptions } from './server-call.ts';
import { statusName } from './unary.ts';
import { WebCall, type WebExchange, type WebRequest } from './web-call.ts';

const CONTENT_TYPE = 'application/connect+proto';
const STREAM = /^application\/connect\+proto\s*(;|$)/i;
/** Flag of the frame that ends a stream. */
const END = 2;

export function isConnectStream(contentType: string): boolean {
  return STREAM.test(contentType);
}

/** Serves one request as a stream of the Connect protocol, whose messages are framed as gRPC frames them. */
export function serveConnectStream(exchange: WebExchange, request: WebRequest, options: ServerCallOptions): void {
  const { headers, path, rawHeaders } = request;
  const encoding = headers['connect-content-encoding']?.toString();
  const timeout = headers['connect-timeout-ms']?.toString();
  const call = new ConnectStreamCall(
    exchange,
    request,
    {
      path,
      rawHeaders,
      encoding,
      acceptEncoding: headers['connect-accept-encoding']?.toString(),
      deadlineMs: connectTimeoutMs(timeout),
    },
    options.compression,
  );
  const refusal = refusalOf(headers['connect-protocol-version']?.toString(), timeout, encoding);
  if (refusal === undefined) call.start(options);
  else call.end(refusal);
}

/** Milliseconds of `connect-timeout-ms`; null when it is none. */
export function connectTimeoutMs(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** What keeps a request of Connect from being taken. */
export function refusalOf(
  version: string | undefined,
  timeout: string | undefined,
  encoding: string | undefined,
): Status | undefined {
  if (version !== undefined && version !== '1')
    return invalid(`connect-protocol-version ${JSON.stringify(version)} is not served: send 1`);
  if (connectTimeoutMs(timeout) === null)
    return invalid(`connect-timeout-ms ${JSON.stringify(timeout)} is not a number of at most 10 digits`);
  if (encoding === undefined || encoding === 'gzip' || encoding === 'identity') return undefined;
  return { code: Code.UNIMPLEMENTED, message: unreadable(encoding) };
}

function invalid(message: string): Status {
  return { code: Code.INVALID_ARGUMENT, message };
}

/** An error as Connect writes it. */
export function connectError({ code, message }: Status): { readonly code: string; readonly message: string } {
  return { code: code === Code.CANCELLED ? 'canceled' : statusName(code).toLowerCase(), message };
}

class ConnectStreamCall extends WebCall {
  protected writeHeaders(headers: Metadata): void {
    this.respond(CONTENT_TYPE, this.compresses ? [['connect-content-encoding', 'gzip'], ...headers] : headers);
  }

  protected writeEnd(): void {
    this.sendHeaders([]);
    const { status, trailers } = this;
    const end = {
      ...(status.code === Code.OK ? {} : { error: connectError(status) }),
      ...(trailers.length === 0
        ? {}
        : {
            metadata: Object.fromEntries(
              Object.entries(toHeaders(trailers)).map(([name, value]) => [name, [value].flat()]),
            ),
          }),
    };
    this.target.end(frameAs(END, Buffer.from(JSON.stringify(end))));
  }
}
