import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface Health {
  /** Null when commands are served; else what is missing, in one sentence. */
  notReadyBecause(): string | null;
}

export interface SideServer {
  readonly host: string;
  readonly port: number;
  close(): void;
}

/** `GET /ready` and `GET /alive` for probes (protocol-spec §9.5). */
export function listenAdmin(host: string, port: number, health: Health): Promise<SideServer> {
  return listen(host, port, (request, response) => {
    if (request.url === '/alive') return answer(response, 200, 'alive\n');
    if (request.url !== '/ready') return answer(response, 404, 'there is /ready and /alive\n');
    const reason = health.notReadyBecause();
    return reason === null ? answer(response, 200, 'ready\n') : answer(response, 503, `not ready: ${reason}\n`);
  });
}

/** `GET /metrics` and `GET /` in the Prometheus text format, `name[]` for a part of it, compressed when asked for (protocol-spec §9.6). */
export function listenMetrics(
  host: string,
  port: number,
  metrics: { render(names: ReadonlySet<string>): Promise<string>; readonly contentType: string },
): Promise<SideServer> {
  return listen(host, port, (request, response) => {
    const [path = '', query] = (request.url ?? '').split('?', 2);
    if (path !== '/metrics' && path !== '/') return answer(response, 404, 'there is /metrics\n');
    metrics.render(new Set(new URLSearchParams(query).getAll('name[]'))).then(
      (text) => answerCompressed(request, response, text, metrics.contentType),
      (error: unknown) => answer(response, 500, `${String(error)}\n`),
    );
    return undefined;
  });
}

async function listen(
  host: string,
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<SideServer> {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(body);
}

function answerCompressed(request: IncomingMessage, response: ServerResponse, body: string, contentType: string): void {
  if (!/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(request.headers['accept-encoding'] ?? '')) {
    answer(response, 200, body, contentType);
    return;
  }
  response.writeHead(200, { 'content-type': contentType, 'content-encoding': 'gzip', vary: 'accept-encoding' });
  response.end(gzipSync(body));
}
