import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2,
  type IncomingHttpHeaders,
  type Http2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import type { AcceptCall } from './call.ts';
import { serveGrpc } from './grpc-server-call.ts';
import { Http1Exchange, Http2Exchange } from './http-exchanges.ts';
import type { HttpExchange } from './http-exchange.ts';

/** How long a new connection may stay silent. */
const FIRST_BYTES_TIMEOUT_MS = 10_000;
const HTTP2_PREFACE = Buffer.from('PRI');
const MAX_STREAMS_PER_CONNECTION = 1_000;
/** `application/grpc` and `application/grpc+proto`, not `application/grpc-web`. */
const GRPC_CONTENT_TYPE = /^application\/grpc(?:$|[+;])/;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxMessageBytes: number;
  readonly onCall: AcceptCall;
  readonly onHttp: (exchange: HttpExchange) => void;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections or requests, waits for those that run, then cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Serves gRPC, HTTP/2 and HTTP/1.1 on one port: the first bytes of a connection decide. Rejects with the system's error when the port is taken. */
export async function listenHttp(options: HttpServerOptions): Promise<HttpServer> {
  const sockets = new Set<Socket>();
  const sessions = new Set<Http2Session>();
  const http1 = createHttp1({ keepAliveTimeout: 60_000 }, (request: IncomingMessage, response: ServerResponse) => {
    options.onHttp(new Http1Exchange(request, response));
  });
  const http2 = createHttp2({
    settings: { initialWindowSize: 1 << 20, maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION },
    maxSessionMemory: 1_000,
  });
  http2.on('session', (session) => {
    session.setLocalWindowSize(16 << 20);
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  http2.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      if (headers[':method'] === 'POST' && GRPC_CONTENT_TYPE.test(headers['content-type'] ?? '')) {
        const path = headers[':path'] ?? '';
        serveGrpc(
          stream,
          path,
          rawHeaders,
          headers['grpc-timeout']?.toString(),
          options.maxMessageBytes,
          options.onCall,
        );
      } else {
        options.onHttp(new Http2Exchange(stream, headers, rawHeaders));
      }
    },
  );
  http2.on('sessionError', () => undefined);

  const tcp = createTcp({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    route(socket);
  });
  const route = (socket: Socket): void => {
    socket.setTimeout(FIRST_BYTES_TIMEOUT_MS, () => socket.destroy());
    const onReadable = (): void => {
      const bytes: Buffer | null = socket.read();
      if (bytes === null) return;
      socket.unshift(bytes);
      const start = bytes.subarray(0, HTTP2_PREFACE.length);
      if (start.length < HTTP2_PREFACE.length && HTTP2_PREFACE.subarray(0, start.length).equals(start)) return;
      socket.off('readable', onReadable);
      socket.setTimeout(0);
      (start.equals(HTTP2_PREFACE) ? http2 : http1).emit('connection', socket);
    };
    socket.on('readable', onReadable);
  };

  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(options.port, options.host, resolve);
  });
  const address = tcp.address() as AddressInfo;
  return {
    host: options.host,
    port: address.port,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => tcp.close(() => resolve()));
      http1.closeIdleConnections();
      for (const session of sessions) session.close();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      http1.close();
      await closed;
      clearTimeout(cut);
    },
  };
}
