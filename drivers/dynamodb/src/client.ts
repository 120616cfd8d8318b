import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Options } from './options.ts';

/** Requests beyond these wait for a connection. */
const MAX_SOCKETS = 128;

const AGENT = { keepAlive: true, maxSockets: MAX_SOCKETS };

const silent = () => undefined;

/** Without retries: they are up to the proxy, which knows what may be sent again. */
export function clientConfig(options: Options): DynamoDBClientConfig {
  const { region, endpoint, accessKeyId, secretAccessKey, sessionToken, connectTimeoutMs, timeoutMs } = options;
  return {
    // It is part of the signature, which other servers do not look at.
    ...(isAmazon(endpoint) ? region !== undefined && { region } : { region: region ?? 'local' }),
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: AGENT,
      httpsAgent: AGENT,
      // It would print to the console that requests wait for a connection.
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    },
  };
}

/** Whether it is Amazon that answers, or a server that speaks like it. */
export function isAmazon(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}

/** Servers other than Amazon's name themselves and their version in a header. */
export function listenToServer(
  client: DynamoDBClient,
  heard: (server: { readonly product: string; readonly version: string }) => void,
): void {
  client.middlewareStack.add(
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
