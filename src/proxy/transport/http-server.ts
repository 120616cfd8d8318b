import { createServer as createHttp1, type Server as Http1Server } from 'node:http';
import {
  createServer as createHttp2,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { sniff } from './first-bytes.ts';
import { Http1Exchange, Http2Exchange } from './http-exchanges.ts';
import { isGrpc, Requests, type RequestsOptions } from './requests.ts';

const MAX_STREAMS_PER_CONNECTION = 1_000;
const MAX_HEADER_BYTES = 32 * 1_024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Of HTTP/1.1: how long a request's headers may take, and how often that is looked at. */
const HEADERS_TIMEOUT_MS = 10_000;
const CHECK_MS = 2_000;
const IDLE_CHECK_MS = 50;

export interface HttpServerOptions extends RequestsOptions {
  readonly host: string;
  readonly port: number;
  /** With it the port speaks TLS and nothing else. Clients must show a certificate when it has authorities. */
  readonly tls?: SecureContextOptions | undefined;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** For connections from now on. */
  setTls(tls: SecureContextOptions): void;
  /** Takes no more connections or requests, waits for those that run, then cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves gRPC, gRPC-Web and HTTP, by HTTP/2 and HTTP/1.1, on one port: the first bytes of a connection decide.
 * Rejects with the system's error when the port is taken.
 */
export async function listenHttp(options: HttpServerOptions): Promise<HttpServer> {
  const requests = new Requests(options);
  const http1 = serveHttp1(requests);
  const { http2, sessions } = serveHttp2(requests);
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    socket.on('error', () => undefined);
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    sniff(socket, (protocol) => {
      silent.delete(socket);
      (protocol === 'http2' ? http2 : http1).emit('connection', socket);
    });
  };
  const { server, setTls } = createListener(options.tls, onSocket);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    host: options.host,
    port: (server.address() as AddressInfo).port,
    setTls,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of silent) socket.destroy();
      // Each client is told which of its streams are taken; the others it may begin again elsewhere.
      for (const session of sessions) session.close();
      // Connections become idle one after the other: each request that runs ends first.
      const idle = setInterval(() => http1.closeIdleConnections(), IDLE_CHECK_MS);
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
      clearInterval(idle);
      http1.close();
    },
  };
}

function createListener(
  tls: SecureContextOptions | undefined,
  onSocket: (socket: Socket) => void,
): { readonly server: Server; readonly setTls: (tls: SecureContextOptions) => void } {
  if (tls === undefined) return { server: createTcp({ noDelay: true }, onSocket), setTls: () => undefined };
  const server = createTls(
    {
      ...tls,
      requestCert: tls.ca !== undefined,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
    },
    (socket: TLSSocket) => onSocket(socket),
  );
  return { server, setTls: (changed) => server.setSecureContext(changed) };
}

function serveHttp1(requests: Requests): Http1Server {
  const http1 = createHttp1(
    {
      keepAliveTimeout: 60_000,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (source, target) => {
      const { method = '', url: path = '', headers, rawHeaders } = source;
      requests.serve(
        { method, path, headers, rawHeaders },
        { source, target },
        () => new Http1Exchange(source, target),
      );
    },
  );
  // It never listens itself, but this is what starts its watch over slow and idle connections.
  http1.emit('listening');
  return http1;
}

function serveHttp2(requests: Requests): { readonly http2: Http2Server; readonly sessions: ReadonlySet<Http2Session> } {
  const sessions = new Set<Http2Session>();
  const http2 = createHttp2({
    settings: {
      initialWindowSize: 1 << 20,
      maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION,
      maxHeaderListSize: MAX_HEADER_BYTES,
    },
    maxSessionMemory: 1_000,
    // A reply's metadata may have a header twice: it goes out so rather than not at all.
    strictSingleValueFields: false,
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
      const { ':method': method = '', ':path': path = '' } = headers;
      if (isGrpc(method, headers)) requests.grpc(stream, headers, rawHeaders);
      else
        requests.serve(
          { method, path, headers, rawHeaders },
          { source: stream, target: stream },
          () => new Http2Exchange(stream, headers, rawHeaders),
        );
    },
  );
  http2.on('sessionError', () => undefined);
  return { http2, sessions };
}
