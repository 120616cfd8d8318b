import { ConfigError, type ProxyConfig } from './config/index.ts';
import type { Services } from './serving/services.ts';
import type { Logger } from './telemetry/logger.ts';
import { type HttpServer, listenHttp } from './transport/http-server.ts';
import { readTls, type TlsFiles, TlsProblem, watchTls } from './transport/tls.ts';

type ApiConfig = ProxyConfig['api'];

/** Throws `ConfigError` when the files that `api.tls` names cannot be used. */
export async function checkTls({ tls }: ApiConfig): Promise<void> {
  const files = tlsFiles(tls);
  if (files === undefined) return;
  await readTls(files).catch((error: unknown) => {
    throw error instanceof TlsProblem ? new ConfigError([error.message]) : error;
  });
}

/** Serves the API as its configuration says. Certificates are read again when they change; those that cannot be used change nothing. */
export async function listenApi(api: ApiConfig, log: Logger, current: () => Services): Promise<HttpServer> {
  const files = tlsFiles(api.tls);
  const server = await listenHttp({
    host: api.host,
    port: api.port,
    maxMessageBytes: api.maxMessageBytes,
    compression: api.compression,
    cors: api.cors,
    tls: files && (await readTls(files)),
    onCall: (call) => current().onCall(call),
    onWebCall: (call) => current().onWebCall(call),
    onConnectCall: (call) => current().onConnectCall(call),
    connectJsonOf: (path) => current().connectJsonOf(path),
    onHttp: (exchange) => current().onHttp(exchange),
  });
  if (files === undefined) return server;
  const watch = watchTls(files, () => {
    readTls(files).then(
      (tls) => {
        server.setTls(tls);
        log.info(files, 'The certificate was read again');
      },
      (error: unknown) => log.warn({ err: error }, 'The certificate was not read again: the one before stays in use'),
    );
  });
  return {
    ...server,
    close(graceMs) {
      watch.close();
      return server.close(graceMs);
    },
  };
}

function tlsFiles({ cert, key, ca }: ApiConfig['tls']): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key, ca };
}
