import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { ServerInfo } from '@stategate/journal-spi';
import type { Options } from './options.ts';

/** Requests beyond these wait for a connection. */
const MAX_SOCKETS = 128;

const AGENT = { keepAlive: true, maxSockets: MAX_SOCKETS };

const silent = () => undefined;

type Server = Omit<ServerInfo, 'location'>;

export interface Client {
  readonly dynamodb: DynamoDB;
  /** Gives up the connections that no request uses. */
  dropIdle(): void;
}

/**
 * Without retries: they are up to the proxy, which knows what may be sent again. Servers other than Amazon's name themselves and
 * their version in a header: then `heard` is called.
 */
export function createClient(sdk: typeof Sdk, options: Options, heard: (server: Server) => void): Client {
  const { region, endpoint, accessKeyId, secretAccessKey, sessionToken, connectTimeoutMs, timeoutMs } = options;
  const agents = { httpAgent: new HttpAgent(AGENT), httpsAgent: new HttpsAgent(AGENT) };
  const dynamodb = new sdk.DynamoDB({
    // It is part of the signature, which other servers do not look at.
    ...(isAmazon(endpoint) ? region !== undefined && { region } : { region: region ?? 'local' }),
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
    maxAttempts: 1,
    requestHandler: {
      ...agents,
      connectionTimeout: connectTimeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      // It would print to the console that requests wait for a connection.
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    },
  });
  if (!isAmazon(endpoint)) {
    dynamodb.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers = {} } = result.response as { readonly headers?: Readonly<Record<string, string>> };
        const [product = '', version = 'unknown'] = (headers['server'] ?? '').split('/');
        heard({ product: product === '' ? 'a server compatible with DynamoDB' : product, version });
        return result;
      },
      { step: 'deserialize', name: 'stategateServer' },
    );
  }
  return {
    dynamodb,
    dropIdle() {
      for (const { freeSockets } of Object.values(agents)) {
        for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
      }
    },
  };
}

/** Whether it is Amazon that answers, or a server that speaks like it. */
export function isAmazon(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}
