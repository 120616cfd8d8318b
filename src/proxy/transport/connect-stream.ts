import { Code, type Metadata, type Status } from './call.ts';
import { type Compression, unreadable } from './compression.ts';
import { frameAs } from './grpc-framing.ts';
import { toHeaders } from './grpc-headers.ts';
import type { CallRequest, ServerCallOptions } from './server-call.ts';
import { statusName } from './unary.ts';
import { WebCall, type WebExchange, type WebRequest } from './web-call.ts';

const STREAM = /^application\/connect\+(proto|json)\s*(?:;|$)/i;
/** Flag of the frame that ends a stream. */
const END = 2;

/** How the messages of one method are JSON. */
export interface JsonMessages {
  /** Throws when it is none of the method's input type, with what is wrong with it. */
  readonly fromJson: (json: Uint8Array) => Uint8Array;
  /** Throws when it is none of the method's output type. */
  readonly toJson: (payload: Uint8Array) => string;
}

export interface ConnectStreamOptions extends ServerCallOptions {
  /** By the method's path; undefined when it takes no JSON. */
  readonly jsonOf: (path: string) => JsonMessages | undefined;
}

export function isConnectStream(contentType: string): boolean {
  return STREAM.test(contentType);
}

/** Serves one request as a stream of the Connect protocol, whose messages are framed as gRPC frames them. */
export function serveConnectStream(exchange: WebExchange, request: WebRequest, options: ConnectStreamOptions): void {
  const { headers, path, rawHeaders } = request;
  const isJson = STREAM.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase() === 'json';
  const json = isJson ? options.jsonOf(path) : undefined;
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
    json,
  );
  const noJson = { code: Code.UNIMPLEMENTED, message: `${path} takes no JSON: send application/connect+proto` };
  const refusal = refusalOf(headers['connect-protocol-version']?.toString(), timeout, encoding);
  call.start(options, refusal ?? (isJson && json === undefined ? noJson : undefined));
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
  readonly #json: JsonMessages | undefined;

  constructor(
    exchange: WebExchange,
    web: WebRequest,
    request: CallRequest,
    compression: Compression,
    json: JsonMessages | undefined,
  ) {
    super(exchange, web, request, compression);
    this.#json = json;
  }

  override send(payload: Uint8Array): boolean {
    const json = this.#json;
    const message = json === undefined ? payload : this.#orEnd(Code.INTERNAL, () => Buffer.from(json.toJson(payload)));
    return message === undefined || super.send(message);
  }

  protected override take(message: Uint8Array): Uint8Array | undefined {
    const json = this.#json;
    return json === undefined ? message : this.#orEnd(Code.INVALID_ARGUMENT, () => json.fromJson(message));
  }

  #orEnd(code: Code, convert: () => Uint8Array): Uint8Array | undefined {
    try {
      return convert();
    } catch (error) {
      this.end({ code, message: `${this.path}: ${error instanceof Error ? error.message : String(error)}` });
      return undefined;
    }
  }

  protected writeHeaders(headers: Metadata): void {
    const type = `application/connect+${this.#json === undefined ? 'proto' : 'json'}`;
    this.respond(type, this.compresses ? [['connect-content-encoding', 'gzip'], ...headers] : headers);
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
