import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Code, type Metadata } from './call.ts';
import { type Compression, ENCODINGS, unreadable } from './compression.ts';
import { parseTimeoutMs, toHeaders } from './grpc-headers.ts';
import { type CallRequest, ServerCall, type ServerCallOptions } from './server-call.ts';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;
const CONTENT_TYPE = 'application/grpc+proto';

/** Serves one HTTP/2 stream as a gRPC call. */
export function serveGrpc(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  options: ServerCallOptions,
): void {
  stream.on('error', () => undefined); // What it means is told by `close`.
  const request = readGrpcHeaders(headers[':path'] ?? '', headers, rawHeaders);
  startOrRefuse(new GrpcServerCall(stream, request, options.compression), headers, request, options);
}

export function readGrpcHeaders(
  path: string,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): CallRequest {
  const timeout = headers['grpc-timeout']?.toString();
  return {
    path,
    rawHeaders,
    encoding: headers['grpc-encoding']?.toString(),
    acceptEncoding: headers['grpc-accept-encoding']?.toString(),
    deadlineMs: timeout === undefined ? undefined : parseTimeoutMs(timeout),
  };
}

/** Starts a call, unless its headers say what cannot be done. */
export function startOrRefuse(
  call: ServerCall,
  headers: IncomingHttpHeaders,
  { deadlineMs, encoding }: CallRequest,
  options: ServerCallOptions,
): void {
  if (deadlineMs === null) {
    const message = `grpc-timeout "${headers['grpc-timeout']?.toString()}" is not a number of at most 8 digits and a unit (H M S m u n)`;
    call.start(options, { code: Code.INVALID_ARGUMENT, message });
  } else if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity') {
    const refusal = { code: Code.UNIMPLEMENTED, message: unreadable(encoding) };
    call.start(options, refusal, [['grpc-accept-encoding', ENCODINGS]]);
  } else call.start(options);
}

class GrpcServerCall extends ServerCall {
  protected readonly source: ServerHttp2Stream;
  protected readonly target: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, request: CallRequest, compression: Compression) {
    super(request, compression);
    this.source = stream;
    this.target = stream;
  }

  protected writeHeaders(headers: Metadata): void {
    this.target.respond(
      {
        ':status': 200,
        'content-type': CONTENT_TYPE,
        ...(this.compresses ? { 'grpc-encoding': 'gzip' } : {}),
        ...toHeaders(headers),
      },
      { waitForTrailers: true },
    );
    this.target.once('wantTrailers', () => this.target.sendTrailers(this.statusHeaders()));
  }

  protected writeEnd(): void {
    const { target } = this;
    if (target.headersSent) target.end();
    else target.respond({ ':status': 200, 'content-type': CONTENT_TYPE, ...this.statusHeaders() }, { endStream: true });
  }

  protected reset(late: boolean): void {
    this.target.close(late ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
  }
}
