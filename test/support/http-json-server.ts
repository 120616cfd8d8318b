import { request } from 'node:http';
import type { ServiceModel } from '../../src/proxy/protocol/service-model.ts';
import type { CommandRouter } from '../../src/proxy/routing/command.ts';
import { createHttpJson } from '../../src/proxy/serving/http-json.ts';
import { Code } from '../../src/proxy/transport/call.ts';
import { type HttpServer, listenHttp } from '../../src/proxy/transport/http-server.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpJsonClient extends AsyncDisposable {
  /** Sends one request; names and paths go out as they are given. */
  send(
    verb: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Uint8Array,
  ): Promise<HttpAnswer>;
  readonly server: HttpServer;
}

const nothing = (): void => undefined;

/** A server of HTTP and JSON on a free port, and a client for it. */
export async function serveHttpJson(
  model: ServiceModel,
  router: CommandRouter,
  maxMessageBytes: number,
): Promise<HttpJsonClient> {
  const server = await listenHttp({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes,
    onHttp: createHttpJson({ model, router, maxMessageBytes, countRefused: nothing }),
    onCall: (call) => {
      call.end({ code: Code.UNIMPLEMENTED, message: 'only HTTP is served here' });
      return { onHeaders: nothing, onMessage: nothing, onHalfClose: nothing, onEnd: nothing, onDrain: nothing };
    },
  });
  return {
    server,
    send: (method, path, headers = {}, body = '') =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          { host: server.host, port: server.port, method, path, headers, timeout: 10_000 },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('error', reject);
            incoming.on('end', () =>
              resolve({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 10 s')));
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    [Symbol.asyncDispose]: () => server.close(100),
  };
}
